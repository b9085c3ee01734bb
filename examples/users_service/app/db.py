"""The connections to PostgreSQL."""

import logging
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, Request
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

logger = logging.getLogger(__name__)

Pool = ConnectionPool[Connection[DictRow]]


def open_pool(database_url: str) -> Pool:
    """Open a pool and wait until it has a connection."""
    kwargs: dict[str, Any] = {"row_factory": dict_row}
    pool: Pool = ConnectionPool(
        database_url, kwargs=kwargs, min_size=1, max_size=8, open=True, check=ConnectionPool.check_connection
    )
    pool.wait(timeout=10)
    logger.info("min_size=1 max_size=8")
    return pool


def get_connection(request: Request) -> Iterator[Connection[DictRow]]:
    """One connection for one request: committed at its end, rolled back where it fails."""
    pool: Pool = request.app.state.pool
    with pool.connection() as connection:
        yield connection


Database = Annotated[Connection[DictRow], Depends(get_connection)]
