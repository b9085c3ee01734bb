"""The application, put together."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import auth, health
from app.db import open_pool
from app.errors import install_error_handlers
from app.logging_setup import set_up_logging
from app.migrate import migrate
from app.settings import load_settings
from app.teams import router as teams

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open what the service needs, and close it again."""
    settings = load_settings()
    set_up_logging(settings.log_level)
    app.state.pool = open_pool(settings.database_url)
    app.state.auth = auth.AuthState(settings.token_secret)
    with app.state.pool.connection() as connection:
        migrate(connection)
    logger.info("ready")
    yield
    app.state.pool.close()
    logger.info("closed")


def create_app() -> FastAPI:
    """The application with all its routes."""
    application = FastAPI(title="users-service", lifespan=lifespan)
    install_error_handlers(application)
    for router in (health.router, auth.router, teams.router):
        application.include_router(router)
    logger.info("routes=%d", len(application.routes))
    return application


app = create_app()
