"""What went wrong where a migration was applied."""

import logging
from dataclasses import dataclass

from psycopg import Error

from backend_developer.contract import Finding
from backend_developer.workspace.postgres.extensions import Refusal, refusals, why_unknown

logger = logging.getLogger(__name__)

SOURCE = "database"


@dataclass(frozen=True, slots=True)
class Failure:
    """A migration that PostgreSQL, or the project's tool, refused."""

    message: str
    file: str | None = None
    line: int | None = None
    unfollowed: bool = False
    """Whether it is a command of psql that cannot be followed here."""

    @property
    def refused(self) -> Refusal | None:
        """What of an extension the server lacks, where that is why it failed."""
        return next(iter(refusals(self.message)), None)

    @property
    def unproven(self) -> str | None:
        """Where and why it says nothing about the migration; None where it is the migration's own fault."""
        why = self.refused.why if self.refused else None
        return f"{self.place}: {why}" if why and self.place else why

    @property
    def place(self) -> str:
        """File and line, as far as they are known."""
        return ":".join(str(part) for part in (self.file, self.line) if part)

    def finding(self, code: str, told: str) -> Finding:
        """As a finding that blocks; `told` says what was tried."""
        return Finding(source=SOURCE, code=code, message=self.words(told), file=self.file, line=self.line)

    def words(self, told: str) -> str:
        """What was tried, and why it failed; that an extension is misspelt is more than PostgreSQL says."""
        unknown = why_unknown(self.message)
        return f"{told} ({unknown}): {self.message}" if unknown else f"{told}: {self.message}"


def words_of(error: Error) -> str:
    """PostgreSQL's own message, detail and hint."""
    diagnosis = error.diag
    parts = [diagnosis.message_primary or " ".join(str(error).split())]
    parts += [f"{name}: {text}" for name, text in _more(error) if text]
    logger.info("sqlstate=%s", error.sqlstate)
    return "\n".join(parts)


def _more(error: Error) -> list[tuple[str, str | None]]:
    diagnosis = error.diag
    return [("DETAIL", diagnosis.message_detail), ("HINT", diagnosis.message_hint), ("CONTEXT", diagnosis.context)]
