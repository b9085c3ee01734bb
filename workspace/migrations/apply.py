"""Applies plain SQL migrations, statement by statement, as the usual runners do: one transaction a file.

What is about roles and databases is left out: it belongs to the whole server, which other databases share.
"""

import logging
from collections.abc import Iterable, Sequence

from psycopg import AsyncConnection, Error, OperationalError
from psycopg.pq import TransactionStatus

from backend_developer.workspace.migrations.failure import Failure, words_of
from backend_developer.workspace.migrations.sql import SqlMigration
from backend_developer.workspace.migrations.statements import Statement
from backend_developer.workspace.postgres.connect import no_database

logger = logging.getLogger(__name__)


async def apply_up(url: str, migrations: Iterable[SqlMigration]) -> Failure | None:
    """All of them in order; the first failure ends it. Raises `NoDatabase` where the server is gone."""
    for one in migrations:
        if failure := await _run(url, one.file, one.up, one):
            return failure
    return None


async def apply_down(url: str, migrations: Sequence[SqlMigration]) -> Failure | None:
    """The way back, the last first. Raises `NoDatabase` where the server is gone."""
    for one in reversed(migrations):
        if failure := await _run(url, one.down_file or one.file, one.down or (), one):
            return failure
    return None


async def _run(url: str, file: str, statements: Sequence[Statement], one: SqlMigration) -> Failure | None:
    """A connection of its own for each file, so that `SET` in one does not reach the next."""
    own = any(each.is_transaction_control for each in statements)
    needed = not one.wrapped and any(each.needs_no_transaction for each in statements)
    alone = not one.transactional or own or needed
    try:
        async with await AsyncConnection.connect(url, autocommit=True) as connection:
            if not alone:
                await connection.execute("BEGIN")
            for statement in (one for one in statements if not one.is_about_roles):
                if failure := await _execute(connection, file, statement):
                    return failure
            if not alone:
                await connection.execute("COMMIT")
            elif connection.info.transaction_status != TransactionStatus.IDLE:
                told = "the file begins a transaction and does not end it, so that nothing of it stays"
                return Failure(
                    told, file, next((each.line for each in statements if each.is_transaction_control), None)
                )
    except OperationalError as error:
        raise no_database(url, error) from error
    except Error as error:
        # A deferred constraint speaks at the end.
        return Failure(words_of(error), file, statements[-1].line if statements else None)
    logger.info("applied %s statements=%d", file, len(statements))
    return None


async def _execute(connection: AsyncConnection[tuple[object, ...]], file: str, statement: Statement) -> Failure | None:
    try:
        if statement.reads_rows:
            async with connection.cursor().copy(statement.sql.encode()) as copy:
                await copy.write(statement.data)
        else:
            await connection.execute(statement.sql.encode())
    except Error as error:
        if connection.broken:
            raise
        position = error.diag.statement_position
        return Failure(words_of(error), file, statement.line_at(int(position) if position else None))
    return None
