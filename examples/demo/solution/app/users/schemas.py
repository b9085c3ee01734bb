"""Users as they travel over HTTP."""

from datetime import datetime

from pydantic import BaseModel


class UserCreate(BaseModel):
    """A user to be made."""

    email: str
    name: str


class UserOut(BaseModel):
    """A user as it is stored."""

    id: int
    email: str
    name: str
    created_at: datetime
