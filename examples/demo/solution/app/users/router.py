"""The routes of users."""

import logging

from fastapi import APIRouter

from app.db import Database
from app.errors import NotFound
from app.pagination import Page, Paging, make_page
from app.users.repository import UserRepository
from app.users.schemas import UserCreate, UserOut
from app.validation import clean_name, normalize_email

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/users", tags=["users"])


@router.post("", status_code=201)
def create_user(body: UserCreate, database: Database) -> UserOut:
    """Make a user."""
    email, name = normalize_email(body.email), clean_name(body.name)
    row = UserRepository(database).create(email, name)
    logger.info("id=%s", row["id"])
    return UserOut.model_validate(row)


@router.get("/{user_id}")
def get_user(user_id: int, database: Database) -> UserOut:
    """One user."""
    row = UserRepository(database).find(user_id)
    logger.info("user_id=%d found=%s", user_id, row is not None)
    if row is None:
        raise NotFound(f"user {user_id} does not exist")
    return UserOut.model_validate(row)


@router.get("")
def list_users(database: Database, paging: Paging) -> Page[UserOut]:
    """Users in pages."""
    rows, total = UserRepository(database).list_page(paging)
    logger.info("rows=%d total=%d", len(rows), total)
    return make_page([UserOut.model_validate(row) for row in rows], total, paging)
