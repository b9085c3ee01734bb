"""PostgreSQL: the server that runs live on, its connections, and databases for projects under test."""

from backend_developer.workspace.postgres.pool import Pool, open_pool
from backend_developer.workspace.postgres.scratch import scratch_database
from backend_developer.workspace.postgres.server import ensure_scratch_server, ensure_server, leave_servers
from backend_developer.workspace.postgres.spare import ScratchDatabases

__all__ = [
    "Pool",
    "ScratchDatabases",
    "ensure_scratch_server",
    "ensure_server",
    "leave_servers",
    "open_pool",
    "scratch_database",
]
