"""The routes under /auth."""

import logging
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from app.auth.clients import ClientRepository
from app.auth.dependencies import Auth, CurrentClient
from app.auth.permissions import permissions_of
from app.auth.tokens import TOKEN_SECONDS
from app.db import Database

logger = logging.getLogger(__name__)


class TokenRequest(BaseModel):
    """A client's name and secret."""

    name: str
    secret: str


router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/token")
def create_token(body: TokenRequest, database: Database, auth: Auth) -> dict[str, Any]:
    """Log a client in; five attempts a minute for each name."""
    auth.limiter.hit(body.name)
    client = ClientRepository(database).authenticate(body.name, body.secret)
    auth.limiter.reset(body.name)
    auth.sessions.sweep()
    session = auth.sessions.create(client["id"])
    token = auth.signer.issue(client["id"], client["role"], session.session_id)
    logger.info("client_id=%s", client["id"])
    return {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_SECONDS}


@router.get("/me")
def show_me(client: CurrentClient) -> dict[str, Any]:
    """Who the token belongs to, and what they may do."""
    permissions = sorted(permissions_of(client.role))
    logger.info("client_id=%d permissions=%d", client.client_id, len(permissions))
    return {"client_id": client.client_id, "role": client.role, "permissions": permissions}


@router.post("/logout", status_code=204)
def log_out(client: CurrentClient, auth: Auth) -> None:
    """End the session that the token belongs to."""
    ended = auth.sessions.end(client.session_id)
    logger.info("client_id=%d ended=%s", client.client_id, ended)
