"""The index on disk: one SQLite file a project.

It holds nothing that cannot be made anew from the project, so a file that is damaged or of another version is removed
and rebuilt. In WAL mode two processes can use it at once: readers never wait, writers wait for each other.
"""

import hashlib
import sqlite3
import sys
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from backend_developer.workspace.index.fingerprint import BANDS
from backend_developer.workspace.index.sources import Source
from backend_developer.workspace.index.walk import Folder, Stamp, Tree

T = TypeVar("T")

WAIT_S = 120.0
"""How long to wait for another process that writes: the first index of a large project takes its time."""

TOGETHER = 200
"""Files whose rows are forgotten in one go; SQLite takes no endless statement."""
_BANDS_BYTES = BANDS * array("I").itemsize

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE folders (path TEXT PRIMARY KEY, changed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE files (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, language TEXT NOT NULL, changed INTEGER NOT NULL,
    size INTEGER NOT NULL, digest BLOB NOT NULL, lines INTEGER NOT NULL, code INTEGER NOT NULL
);
CREATE TABLE definitions (
    id INTEGER PRIMARY KEY, file INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, scope TEXT NOT NULL,
    signature TEXT NOT NULL, doc TEXT NOT NULL, line INTEGER NOT NULL, end_line INTEGER NOT NULL,
    framework TEXT NOT NULL, detail TEXT NOT NULL, local INTEGER NOT NULL, router TEXT NOT NULL
);
CREATE INDEX definitions_of_file ON definitions (file);
CREATE INDEX definitions_of_kind ON definitions (kind) WHERE kind IN ('route', 'model');
CREATE VIRTUAL TABLE words USING fts5(name, scope, doc, body, tokenize = 'ascii', detail = 'column');
CREATE TABLE sketches (definition INTEGER PRIMARY KEY, hashes BLOB NOT NULL);
CREATE TABLE bands (hash INTEGER, definition INTEGER, PRIMARY KEY (hash, definition)) WITHOUT ROWID;
CREATE TABLE facts (file INTEGER, topic TEXT, line INTEGER, text TEXT, weight INTEGER);
CREATE INDEX facts_of_file ON facts (file);
CREATE TABLE links (file INTEGER, kind TEXT, name TEXT, prefix TEXT, module TEXT, target TEXT);
CREATE INDEX links_of_file ON links (file);
"""


@cache
def _format() -> str:
    """What the rows depend on besides the project: this package's own code, and the interpreter's hash of tuples."""
    code = hashlib.blake2b(digest_size=8)
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        code.update(file.read_bytes())
    return f"{code.hexdigest()} python{sys.version_info.major}.{sys.version_info.minor} hash{sys.hash_info.width}"


def store_path(store: Path, root: Path) -> Path:
    """The file of a project's index: readable, and different for folders of the same name."""
    name = "".join(letter if letter.isalnum() else "-" for letter in root.name)[:40] or "root"
    return store / f"{name}-{hashlib.blake2b(str(root).encode('utf-8', 'replace'), digest_size=6).hexdigest()}.sqlite"


class Store:
    """One open index. Used by one thread at a time. Raises `sqlite3.Error`."""

    def __init__(self, path: Path | None, wait_s: float = WAIT_S) -> None:
        """Open or create; None keeps it in memory. `wait_s` as in `wait`."""
        self._connection = sqlite3.connect(
            path or ":memory:", timeout=wait_s, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        self._remembered: dict[Callable[[Store], Any], tuple[int, Any]] = {}
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Give up the file."""
        self._connection.close()

    def wait(self, seconds: float) -> None:
        """How long to wait for another process that writes, before it is an `OperationalError`."""
        self._connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._connection.execute(sql, tuple(values)).fetchall()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction; the only writer among all processes. A write raises the generation."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def generation(self) -> int:
        """A number that moves with every write, by whichever process."""
        return int(self.rows("SELECT value FROM meta WHERE key = 'generation'")[0][0])

    def remembered(self, make: Callable[["Store"], T]) -> T:
        """What is made of the rows, kept until any of them is written."""
        generation = self.generation()
        if make not in self._remembered or self._remembered[make][0] != generation:
            self._remembered[make] = (generation, make(self))
        made: T = self._remembered[make][1]
        return made

    def tree(self) -> Tree:
        """The tree as it was when the index was last written."""
        tree = Tree({path: Folder(changed) for path, changed in self.rows("SELECT path, changed FROM folders")})
        for path in sorted(tree.folders):
            if path:
                parent, _, name = path.rpartition("/")
                tree.folders[parent].folders.append(name)
        for path, changed, size in self.rows("SELECT path, changed, size FROM files ORDER BY path"):
            tree.files[path] = Stamp(changed, size)
            parent, _, name = path.rpartition("/")
            tree.folders[parent].files.append(name)
        return tree

    def put_stamps(self, tree: Tree, unchanged: Iterable[str]) -> None:
        """Write the stamps of all folders, and of files whose bytes are the same as before."""
        stored = dict(self.rows("SELECT path, changed FROM folders"))
        gone = [(path,) for path in stored.keys() - tree.folders.keys()]
        moved = [(path, one.changed) for path, one in tree.folders.items() if stored.get(path) != one.changed]
        stamps = [(*tree.files[path], path) for path in unchanged]
        self._connection.executemany("DELETE FROM folders WHERE path = ?", gone)
        self._connection.executemany("INSERT OR REPLACE INTO folders VALUES (?, ?)", moved)
        self._connection.executemany("UPDATE files SET changed = ?, size = ? WHERE path = ?", stamps)

    def remove(self, paths: Iterable[str]) -> None:
        """Forget these files and all that they define."""
        waiting = iter(paths)
        while some := list(islice(waiting, TOGETHER)):
            self._remove(_listed(self.rows(f"SELECT id FROM files WHERE path IN ({marks(some)})", some)))  # noqa: S608 - no value in it

    def _remove(self, files: str) -> None:
        """Table by table: a statement costs more than the rows of one file."""
        run = self._connection.execute
        mine = _listed(self.rows(f"SELECT id FROM definitions WHERE file IN ({files})"))  # noqa: S608 - numbers of our own
        sketches = self.rows(f"SELECT definition, hashes FROM sketches WHERE definition IN ({mine})")  # noqa: S608 - the same
        bands = [(value, number) for number, hashes in sketches for value in _unpack(hashes[:_BANDS_BYTES])]
        self._connection.executemany("DELETE FROM bands WHERE hash = ? AND definition = ?", bands)
        for table, key, keys in (
            ("sketches", "definition", mine), ("words", "rowid", mine), ("definitions", "file", files),
            ("facts", "file", files), ("links", "file", files), ("files", "id", files),
        ):  # fmt: skip
            run(f"DELETE FROM {table} WHERE {key} IN ({keys})")  # noqa: S608 - names and numbers of our own

    def add(self, sources: Iterable[tuple[Source, Stamp]]) -> None:
        """Store files that are not in the index."""
        Batch(self._connection).add(sources)

    def sketch(self, definition: int) -> tuple[int, ...]:
        """The fingerprint of a definition; empty where it has none."""
        found = self.rows("SELECT hashes FROM sketches WHERE definition = ?", (definition,))
        return _unpack(found[0][0]) if found else ()

    def sketches(self) -> dict[int, tuple[int, ...]]:
        """All fingerprints by their definition."""
        return {number: _unpack(hashes) for number, hashes in self.rows("SELECT definition, hashes FROM sketches")}

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        run("PRAGMA cache_size = -16000")
        run("PRAGMA temp_store = MEMORY")
        run("BEGIN IMMEDIATE")
        if not self.rows("SELECT 1 FROM sqlite_master WHERE name = 'meta'"):
            for statement in _SCHEMA.split(";\n"):
                if statement.strip():
                    run(statement)
            run("INSERT INTO meta VALUES ('format', ?), ('generation', 0)", (_format(),))
        run("COMMIT")
        if self.rows("SELECT value FROM meta WHERE key = 'format'") != [(_format(),)]:
            raise sqlite3.DatabaseError("it is of another version")


class Batch:
    """Rows of many files, written table by table."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._file = self._next("files")
        self._definition = self._next("definitions")

    def add(self, sources: Iterable[tuple[Source, Stamp]]) -> None:
        """Collect and write."""
        rows: dict[str, list[tuple[Any, ...]]] = {
            "files": [], "definitions": [], "words": [], "sketches": [], "bands": [], "facts": [],
            "links": [],
        }  # fmt: skip
        for source, stamp in sources:
            self._collect(source, stamp, rows)
        for table, values in rows.items():
            if values:
                columns = "(rowid, name, scope, doc, body)" if table == "words" else ""
                insert = "INSERT OR IGNORE" if table == "bands" else "INSERT"
                self._connection.executemany(f"{insert} INTO {table} {columns} VALUES ({marks(values[0])})", values)

    def _collect(self, source: Source, stamp: Stamp, rows: dict[str, list[tuple[Any, ...]]]) -> None:
        self._file += 1
        rows["files"].append(
            (self._file, source.path, source.language, *stamp, source.digest, source.lines, source.code)
        )
        rows["facts"] += [(self._file, fact.topic, fact.line, fact.text, fact.weight) for fact in source.facts]
        rows["links"] += [(self._file, *link) for link in source.links]
        for entry in source.entries:
            self._definition += 1
            one, number = entry.definition, self._definition
            rows["definitions"].append(
                (number, self._file, one.kind, one.name, one.scope, one.signature, one.doc, one.line, one.end_line,
                 one.framework, one.detail, one.local, one.router)
            )  # fmt: skip
            if entry.words:
                rows["words"].append((number, *entry.words))
            if entry.sketch:
                rows["sketches"].append((number, array("I", entry.sketch).tobytes()))
                rows["bands"] += [(value, number) for value in entry.sketch[:BANDS]]

    def _next(self, table: str) -> int:
        return int(self._connection.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}").fetchone()[0])  # noqa: S608 - names of our own tables


def marks(values: Collection[object]) -> str:
    """Places for so many values in a query."""
    return ", ".join("?" * len(values))


def _listed(rows: Iterable[tuple[int]]) -> str:
    return ", ".join(str(number) for (number,) in rows)


def _unpack(hashes: bytes) -> tuple[int, ...]:
    return tuple(array("I", hashes))
