"""How the tool that a migration is written for sends it to PostgreSQL, which decides what may stand side by side in it.

Sources of facts:
- golang-migrate's driver for PostgreSQL sends a file as one query, unless its URL says `x-multi-statement=true`
- sqlx opens a transaction, unless the file begins with `-- no-transaction`; it is one query all the same
- Diesel opens one, unless metadata.toml beside the file says `run_in_transaction = false`; then it is one query too
- Prisma sends one query; from 7.4 on (prisma-engines 5767) statement by statement where an index is created
  concurrently, which its parser cannot follow where one is dropped so (prisma-engines 5847)
- goose sends statement by statement, in a transaction unless the file says `-- +goose NO TRANSACTION`
- dbmate sends one query, in a transaction unless `-- migrate:up` says `transaction:false`
- Drizzle applies all that is new in one transaction, statement by statement (drizzle-orm 860)
"""

import logging
import re
import tomllib
from collections.abc import Iterable
from enum import Enum, auto
from functools import cached_property
from pathlib import Path, PurePosixPath

from backend_developer.workspace.toolchains.files import read_text, walk

logger = logging.getLogger(__name__)

_MARK = re.compile(
    r"^--\s*(?:(?P<dbmate>migrate:)|\+goose\s+)(?P<name>up|down)\b(?P<rest>.*)$", re.IGNORECASE | re.MULTILINE
)
_NO_TRANSACTION = re.compile(r"^--\s*\+goose\s+NO TRANSACTION\b", re.IGNORECASE | re.MULTILINE)
_BREAKPOINT = "--> statement-breakpoint"
_CREATES_CONCURRENTLY = re.compile(r"\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\b", re.IGNORECASE)
_DROPS_CONCURRENTLY = re.compile(r"\b(?:DROP\s+INDEX|REINDEX\b.*)\s+CONCURRENTLY\b", re.IGNORECASE)
_PRISMA = re.compile(r'"(?:@prisma/client|prisma)"\s*:\s*"[^"\d]*(?P<major>\d+)(?:\.(?P<minor>\d+))?')
_PRISMA_SPLITS = (7, 4)
_MULTI = re.compile(r"x-multi-statement=true")
_PSQL = re.compile(r"\bpsql\b|docker-entrypoint-initdb\.d")
_RECIPES = frozenset({".go", ".sh", ".yml", ".yaml", ".toml", ".json", ".mk", ".env", ".py", ".js", ".ts", ".md", ""})


class Manner(Enum):
    """How the statements of one file reach the server."""

    LOOSE = auto()
    """By psql, or a runner of the project's own: together, but alone where one of them must be."""
    TRANSACTION = auto()
    """In a transaction, whatever is in it."""
    QUERY = auto()
    """As one query, which is a transaction as soon as it holds two statements."""
    EACH = auto()
    """One by one, each for itself."""

    @property
    def reads_rows(self) -> bool:
        """Whether rows behind a `COPY ... FROM stdin` reach the server: psql alone takes them from the file."""
        return self is Manner.LOOSE


class Tools:
    """What a project's manifests say of its migration tools. Reads the disk, each file once and only when asked."""

    def __init__(self, root: Path | None = None, paths: Iterable[str] | None = None) -> None:
        """Without a root nothing is known but what stands in the migrations themselves."""
        self._root = root
        self._given = paths

    def manner(self, path: str, text: str, section: str = "up") -> Manner:
        """How a migration's way up or down is sent; `text` is the whole file."""
        place = PurePosixPath(path)
        if marks := list(_MARK.finditer(text)):
            return _of_sections(text, marks, section)
        if _BREAKPOINT in text or self._has(f"{place.parent}/meta/_journal.json"):
            return Manner.TRANSACTION
        if place.name == "migration.sql":
            return self._prismas(text)
        if place.name in ("up.sql", "down.sql"):
            return Manner.QUERY if self._is_untransacted(f"{place.parent}/metadata.toml") else Manner.TRANSACTION
        return self._of_numbered(place, text)

    def _of_numbered(self, place: PurePosixPath, text: str) -> Manner:
        if text.startswith("-- no-transaction"):
            return Manner.QUERY
        if self._is_sqlxs(place):
            return Manner.TRANSACTION
        if place.name.endswith((".up.sql", ".down.sql")):
            return Manner.EACH if self._multi else Manner.QUERY
        return Manner.LOOSE

    def _prismas(self, text: str) -> Manner:
        splits = self._prisma >= _PRISMA_SPLITS
        one_by_one = splits and _CREATES_CONCURRENTLY.search(text) and not _DROPS_CONCURRENTLY.search(text)
        return Manner.EACH if one_by_one else Manner.QUERY

    @cached_property
    def paths(self) -> list[str]:
        """All files of the project."""
        if self._root is None:
            return []
        return list(walk(self._root) if self._given is None else self._given)

    def _texts(self, name: str) -> Iterable[str]:
        root = self._root
        return (read_text(root / path) for path in self.paths if PurePosixPath(path).name == name) if root else ()

    def _is_sqlxs(self, place: PurePosixPath) -> bool:
        """A crate may lie beside its migrations; what lies in a module of Go is not its own."""
        return self._sqlx and not any(self._has(f"{folder}/go.mod") for folder in place.parents)

    @cached_property
    def _sqlx(self) -> bool:
        return any(re.search(r"^\s*sqlx\b", text, re.MULTILINE) for text in self._texts("Cargo.toml"))

    @cached_property
    def _prisma(self) -> tuple[int, int]:
        """The newest that a manifest asks for; the oldest of all where none says."""
        found = (match for text in self._texts("package.json") for match in _PRISMA.finditer(text))
        return max(((int(match["major"]), int(match["minor"] or 0)) for match in found), default=(0, 0))

    @cached_property
    def has_psql(self) -> bool:
        """Whether a loose file is for psql, as far as the project's recipes and notes tell."""
        return self._root is None or self._is_said(_PSQL)

    @cached_property
    def _multi(self) -> bool:
        return self._is_said(_MULTI)

    def _is_said(self, words: re.Pattern[str]) -> bool:
        root = self._root
        likely = (path for path in self.paths if PurePosixPath(path).suffix in _RECIPES)
        return root is not None and any(words.search(read_text(root / path)) for path in likely)

    def _is_untransacted(self, path: str) -> bool:
        try:
            return bool(self._has(path)) and tomllib.loads(self._text(path)).get("run_in_transaction") is False
        except tomllib.TOMLDecodeError:
            logger.warning("%s cannot be read", path)
            return False

    def _has(self, path: str) -> bool:
        return self._root is not None and (self._root / path).is_file()

    def _text(self, path: str) -> str:
        return read_text(self._root / path) if self._root else ""


def _of_sections(text: str, marks: list[re.Match[str]], section: str) -> Manner:
    mark = next((one for one in marks if one["name"].lower() == section), marks[0])
    if mark["dbmate"]:
        return (
            Manner.QUERY if re.search(r"\btransaction:\s*false\b", mark["rest"], re.IGNORECASE) else Manner.TRANSACTION
        )
    return Manner.EACH if _NO_TRANSACTION.search(text) else Manner.TRANSACTION
