"""The schema that a service finds in its scratch database: the project's plain SQL migrations, applied before.

What has a command of its own (Alembic, Django, a script of the package) is run by `prepare` instead. A service that
applies its migrations by itself is left to do so: its sources name their folder, or embed them.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from backend_developer.contract import Finding
from backend_developer.workspace.migrations.apply import apply_up
from backend_developer.workspace.migrations.manners import Tools
from backend_developer.workspace.migrations.partial import Gaps
from backend_developer.workspace.migrations.scripts import builds_from_nothing, read_script, why_not, why_unfollowed
from backend_developer.workspace.migrations.sql import SqlMigration, folder_of, read_folders
from backend_developer.workspace.services.playback import Playback
from backend_developer.workspace.services.verdict import fault
from backend_developer.workspace.toolchains.base import ServiceSpec
from backend_developer.workspace.toolchains.files import is_within, read_text, walk

logger = logging.getLogger(__name__)

_SOURCES = frozenset({".py", ".go", ".rs", ".cs", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"})
_ASIDE = re.compile(
    r"(?:^|/)(?:tests?|__tests__|e2e)/|_test\.go$|\.(?:test|spec)\.\w+$|(?:^|/)(?:test_\w+|conftest)\.py$"
    r"|(?:^|/)knexfile\.\w+$|\.config\.\w+$"
)
"""Tests, and what configures a command line that somebody else runs."""
_EMBEDS = re.compile(r"\b(?:embed_migrations|sqlx::migrate|migrate)!\s*[({]|//go:embed\s.*\.sql\b")
_THERE = re.compile(
    r'\b(?:relation|table|type|column|index|constraint|schema|function|trigger|extension)\s+"[^"]+"'
    r'(?:\s+(?:of|for) relation "[^"]+")? already exists\b|\b42(?:P07|701|710)\b'
)
_MISSING = re.compile(r'\brelation "[^"]+" does not exist\b|\b42P01\b')


@dataclass(frozen=True, slots=True)
class PlainSchema:
    """The plain SQL migrations of a service, and who applies them."""

    folders: Mapping[str, Sequence[SqlMigration]] = field(default_factory=dict)
    by_service: bool = False
    """Whether its sources say that it applies them by itself."""

    @property
    def files(self) -> tuple[str, ...]:
        """All of them, in the order in which they are applied."""
        return tuple(one.file for migrations in self.folders.values() for one in migrations)

    async def apply(self, url: str, gaps: Gaps) -> Finding | None:
        """Bring an empty database up to date, but for what `gaps` takes; a finding where one fails.

        Raises `NoDatabase`.
        """
        for folder, migrations in self.folders.items():
            if failure := await apply_up(url, migrations, gaps):
                message = failure.words(f"the migrations of {folder} fail before the service starts")
                found = fault("prepare-failed", message)
                return found.model_copy(update={"file": failure.file, "line": failure.line})
        logger.info("applied=%s", self.files)
        return None


def find_schema(root: Path, spec: ServiceSpec) -> PlainSchema:
    """The migrations that belong to a service; none where it wants no database, or `prepare` sees to it.

    Those of its package; those elsewhere in the workspace where it has none. Where there are no migrations at all, the
    script that a database begins with, such as `schema.sql`. Reads the disk.
    """
    if not spec.wants_database or spec.migrates:
        return PlainSchema()
    paths = list(walk(root))
    migrations = {path: read_text(root / path) for path in _own(paths, spec, folder_of)}
    folders = read_folders(migrations, Tools(root, paths), _included(root, paths, migrations)) or _scripts(
        root, _own(paths, spec, builds_from_nothing)
    )
    sources = (path for path in paths if is_within(path, spec.package.root) and _is_source(path))
    by_service = bool(folders) and _names(folders, (read_text(root / path) for path in sources))
    logger.info("folders=%s by_service=%s", list(folders), by_service)
    return PlainSchema(folders, by_service)


def contradicts(playback: Playback, *, applied: bool) -> bool:
    """Whether PostgreSQL's words show that somebody else applies them after all, or that nobody did."""
    if applied:
        return playback.url is None and bool(_THERE.search(playback.log_tail))
    return any(_MISSING.search(text) for text in (playback.log_tail, *(answer.body for answer in playback.answers)))


def _own(paths: Iterable[str], spec: ServiceSpec, wanted: Callable[[str], object]) -> list[str]:
    found = [path for path in paths if wanted(path)]
    return [path for path in found if is_within(path, spec.package.root)] or found


def _included(root: Path, paths: Iterable[str], migrations: Mapping[str, str]) -> dict[str, str]:
    """All SQL files, where a migration is written for psql and may include some of them."""
    if not any("\\i" in text for text in migrations.values()):
        return {}
    return {path: read_text(root / path) for path in paths if path.lower().endswith(".sql")}


def _scripts(root: Path, paths: Sequence[str]) -> dict[str, list[SqlMigration]]:
    texts = {path: read_text(root / path) for path in sorted(paths)}
    read = {path: read_script(path, text, texts) for path, text in texts.items() if why_not(text) is None}
    return {path: [script] for path, script in read.items() if why_unfollowed(script) is None}


def _is_source(path: str) -> bool:
    return PurePosixPath(path).suffix in _SOURCES and not _ASIDE.search(path)


def _names(folders: Mapping[str, object], texts: Iterator[str]) -> bool:
    """Whether a source embeds migrations, or holds a path that ends with one of the folders."""
    names = "|".join(sorted({re.escape(PurePosixPath(folder).name) for folder in folders}))
    path = re.compile(rf"""["'`](?:[\w.@${{}}:-]*/)*(?:{names})(?:/[\w.*-]*)?["'`]""")
    return any(_EMBEDS.search(text) or path.search(text) for text in texts)
