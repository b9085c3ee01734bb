"""Applies plain SQL migrations, statement by statement, within the transactions that their tool sends them in.

What is about roles and databases is left out: it belongs to the whole server, which other databases share.
"""

import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from psycopg import AsyncConnection, Error, OperationalError
from psycopg.pq import TransactionStatus

from backend_developer.workspace.migrations.failure import Failure, words_of
from backend_developer.workspace.migrations.manners import Manner
from backend_developer.workspace.migrations.partial import Gaps
from backend_developer.workspace.migrations.sql import SqlMigration
from backend_developer.workspace.migrations.statements import Statement
from backend_developer.workspace.postgres.connect import no_database

logger = logging.getLogger(__name__)

Connection = AsyncConnection[tuple[object, ...]]

_NO_ROWS = (
    "the tool sends the file to the server as it stands, and the server takes no rows from there: only psql reads what "
    "follows COPY ... FROM stdin; write INSERT"
)


async def apply_up(url: str, migrations: Iterable[SqlMigration], gaps: Gaps | None = None) -> Failure | None:
    """All of them in order; the first failure ends it, but for what `gaps` takes. Raises `NoDatabase`."""
    for one in migrations:
        if failure := await _run(url, one.file, one.up, one.manner, gaps):
            return failure
    return None


async def apply_down(url: str, migrations: Sequence[SqlMigration]) -> Failure | None:
    """The way back, the last first. Raises `NoDatabase` where the server is gone."""
    for one in reversed(migrations):
        if failure := await _run(url, one.down_file or one.file, one.down or (), one.down_manner):
            return failure
    return None


async def _run(
    url: str, file: str, statements: Sequence[Statement], manner: Manner, gaps: Gaps | None = None
) -> Failure | None:
    """A connection of its own for each file, so that `SET` in one does not reach the next."""
    try:
        async with await AsyncConnection.connect(url, autocommit=True) as connection:
            failure = await _send(connection, file, statements, manner, gaps)
            # Left open, it would be committed with the connection's end.
            await connection.rollback()
            return failure
    except OperationalError as error:
        raise no_database(url, error) from error
    except Error as error:
        # A deferred constraint speaks at the end.
        return Failure(words_of(error), file, statements[-1].line if statements else None)


async def _send(
    connection: Connection, file: str, statements: Sequence[Statement], manner: Manner, gaps: Gaps | None
) -> Failure | None:
    """Statement by statement, so that each error has its line, within the transactions that the tool would have."""
    together, opened = _is_together(statements, manner), False
    for statement in (one for one in statements if not one.is_about_roles):
        if connection.info.transaction_status == TransactionStatus.IDLE and together:
            await connection.execute("BEGIN")
            opened = True
        if failure := await _execute(connection, statement, manner, file, gaps):
            return failure
        opened = opened and not statement.is_transaction_control
    if connection.info.transaction_status != TransactionStatus.IDLE:
        if not opened:
            told = "the file begins a transaction and does not end it, so that nothing of it stays"
            return Failure(told, file, next((each.line for each in statements if each.is_transaction_control), None))
        await connection.execute("COMMIT")
    logger.info("applied %s statements=%d", file, len(statements))
    return None


def _is_together(statements: Sequence[Statement], manner: Manner) -> bool:
    """Whether a statement outside of the file's own transactions stands in one all the same."""
    if manner is Manner.QUERY:
        return len(statements) > 1
    if manner is Manner.EACH or any(one.is_transaction_control for one in statements):
        return False
    return manner is Manner.TRANSACTION or not any(one.needs_no_transaction for one in statements)


async def _execute(
    connection: Connection, statement: Statement, manner: Manner, script: str, gaps: Gaps | None
) -> Failure | None:
    file = statement.file or script
    if statement.refused:
        return Failure(statement.refused, file, statement.line, unfollowed=True)
    if statement.reads_rows and not manner.reads_rows:
        return Failure(_NO_ROWS, file, statement.line)
    try:
        async with _kept(connection, statement, gaps):
            await _submit(connection, statement)
    except Error as error:
        if connection.broken:
            raise
        if gaps is not None and gaps.takes(statement, script, error):
            return None
        position = error.diag.statement_position
        return Failure(words_of(error), file, statement.line_at(int(position) if position else None))
    return None


async def _submit(connection: Connection, statement: Statement) -> None:
    if statement.reads_rows:
        async with connection.cursor().copy(statement.sql.encode()) as copy:
            await copy.write(statement.data)
    else:
        await connection.execute(statement.sql.encode())


@asynccontextmanager
async def _kept(connection: Connection, statement: Statement, gaps: Gaps | None) -> AsyncIterator[None]:
    """The transaction outlives a statement that may be left out."""
    within = connection.info.transaction_status == TransactionStatus.INTRANS and not statement.is_transaction_control
    if gaps is None or not within:
        yield
        return
    await connection.execute("SAVEPOINT kept")
    try:
        yield
    except Error:
        await connection.execute("ROLLBACK TO SAVEPOINT kept")
        raise
    await connection.execute("RELEASE SAVEPOINT kept")
