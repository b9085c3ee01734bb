"""The store of what runs learn: langgraph's own for PostgreSQL, over the pool that all runs share."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from langgraph.store.postgres.aio import AsyncPostgresStore

from backend_developer.workspace.postgres.pool import Pool

logger = logging.getLogger(__name__)

MIGRATIONS = len(AsyncPostgresStore.MIGRATIONS)


@asynccontextmanager
async def open_store(pool: Pool) -> AsyncIterator[AsyncPostgresStore]:
    """A store for one run; `open_saver` has made its tables."""
    store = AsyncPostgresStore(pool)
    try:
        yield store
    finally:
        # It starts a task that gathers single calls, and has no method that ends it.
        if store._task is not None:
            store._task.cancel()
