"""Whether PostgreSQL, which keeps the runs, is reached or starts, and one that is named for projects under test."""

import asyncio
import logging

from backend_developer.interfaces.doctor.check import Check, Surroundings
from backend_developer.workspace.postgres.connect import connect, describe
from backend_developer.workspace.postgres.installed import installation_with
from backend_developer.workspace.postgres.server import ensure_scratch_server, ensure_server

logger = logging.getLogger(__name__)

NAME = "PostgreSQL"


async def look(surroundings: Surroundings) -> Check:
    """Reach the configured server, or start the embedded one. Raises `NoDatabase`, which says the way out."""
    settings = surroundings.settings
    dsn = await ensure_server(settings)
    connection = await connect(dsn, name="backend-developer doctor")
    async with connection:
        version = connection.info.server_version
    where = f"at {describe(dsn)}" if settings.database_url else f"embedded, in {settings.state_dir / 'postgres'}"
    if settings.scratch_database_url is not None:
        where += f"; projects under test at {describe(await ensure_scratch_server(settings))}"
    elif settings.installed_postgres and (other := await asyncio.to_thread(installation_with, ())):
        where += f"; extensions that it lacks from PostgreSQL {other.version} in {other.programs}"
    logger.info("version=%d embedded=%s", version, settings.database_url is None)
    return Check(NAME, "ok", f"{version // 10_000}.{version % 10_000} {where}")
