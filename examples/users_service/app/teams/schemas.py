"""Teams as they travel over HTTP."""

from datetime import datetime

from pydantic import BaseModel


class TeamCreate(BaseModel):
    """A team to be made."""

    name: str


class TeamOut(BaseModel):
    """A team as it is stored."""

    id: int
    name: str
    created_at: datetime
