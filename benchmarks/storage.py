"""What a run leaves in PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from backend_developer.graph.checkpointer import open_saver
from backend_developer.workspace.journal import PostgresStore
from backend_developer.workspace.postgres import open_pool

SIZE = """
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind = 'r'
"""
COLUMNS = """
SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
WHERE (table_schema, table_name) IN (SELECT schemaname, tablename FROM pg_tables)
  AND table_schema NOT IN ('pg_catalog', 'information_schema')
"""


@asynccontextmanager
async def database(server_dsn: str, name: str) -> AsyncIterator[str]:
    """A database of its own on the bench's server, with both agents' tables in it, still empty."""
    async with await AsyncConnection.connect(server_dsn, autocommit=True) as connection:
        await connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        dsn = urlsplit(server_dsn)._replace(path=f"/{name}").geturl()
        try:
            await _make_tables(dsn)
            yield dsn
        finally:
            await connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def _make_tables(dsn: str) -> None:
    pool = await open_pool(dsn)
    await open_saver(pool)
    await PostgresStore.open(pool)
    await pool.close()
    async with AsyncPostgresSaver.from_conn_string(dsn) as saver:
        await saver.setup()


async def on_disk(dsn: str) -> int:
    """Bytes of all tables with their indexes and TOAST, as PostgreSQL compresses them."""
    async with await AsyncConnection.connect(dsn) as connection:
        return await _number(connection, sql.SQL(SIZE))


async def uncompressed(dsn: str) -> int:
    """Bytes of all values as they were sent: `pg_column_size` would give them compressed."""
    async with await AsyncConnection.connect(dsn) as connection:
        columns = await (await connection.execute(COLUMNS)).fetchall()
        return sum([await _number(connection, _octets(*column)) for column in columns])


def _octets(schema: str, table: str, column: str, kind: str) -> sql.Composed:
    name = sql.Identifier(column)
    value = name if kind == "bytea" else sql.SQL("{}::text").format(name)
    where = sql.Identifier(schema, table)
    return sql.SQL("SELECT coalesce(sum(octet_length({})), 0)::bigint FROM {}").format(value, where)


async def _number(connection: AsyncConnection[TupleRow], query: sql.SQL | sql.Composed) -> int:
    row = await (await connection.execute(query)).fetchone()
    assert row is not None
    return int(row[0])
