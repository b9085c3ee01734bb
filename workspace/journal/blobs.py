"""Bytes by their digest, in a folder outside the project."""

import json
import logging
import os
import secrets
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from backend_developer.workspace.files import digest_of

logger = logging.getLogger(__name__)


class Sink(Protocol):
    """Takes bytes to keep."""

    def put(self, data: bytes) -> str:
        """Keep these bytes; returns their digest."""
        ...


class _Place(NamedTuple):
    pack: str
    offset: int
    length: int


class Blobs:
    """A store on disk that its owner alone can read: a project's secrets may be among the bytes.

    A few bytes at a time lie in files of their own; a whole tree goes into one pack, because making a file costs
    more than filling it (measured: 5,000 files take 3.3 s one by one, and 0.6 s in a pack).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._packed: dict[str, _Place] | None = None

    def put(self, data: bytes) -> str:
        """Keep these bytes; returns their digest."""
        digest = digest_of(data)
        if not self._has(digest):
            self._write(self.path(digest), data)
        return digest

    def get(self, digest: str) -> bytes | None:
        """The bytes; None where they are not here, or where the disk did not keep them as they were."""
        for read in (self._loose, self._from_pack):
            data = read(digest)
            if data is not None and digest_of(data) == digest:
                return data
        return None

    def path(self, digest: str) -> Path:
        """Where these bytes lie, or would, if they were put by themselves."""
        return self._folder / digest[:2] / digest[2:]

    @contextmanager
    def packing(self) -> Iterator[Sink]:
        """Puts many bytes into one file; they are kept once the block has ended well."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()
        pack = self._folder / f"pack-{secrets.token_hex(8)}"
        with os.fdopen(os.open(pack, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            sink = _Pack(self._index(), file, pack.name)
            try:
                yield sink
            except BaseException:
                pack.unlink()
                raise
        index = {digest: place[1:] for digest, place in sink.places.items()}
        self._write(pack.with_suffix(".json"), json.dumps(index).encode())
        self._index().update(sink.places)
        logger.debug("packed %d files", len(index))

    def _has(self, digest: str) -> bool:
        return digest in self._index() or self.path(digest).exists()

    def _loose(self, digest: str) -> bytes | None:
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError:
            return None
        if digest_of(data) != digest:
            logger.warning("%s is damaged and was dropped", self.path(digest))
            self.path(digest).unlink(missing_ok=True)
        return data

    def _from_pack(self, digest: str) -> bytes | None:
        place = self._index().get(digest)
        if place is None:
            return None
        with (self._folder / place.pack).open("rb") as file:
            file.seek(place.offset)
            return file.read(place.length)

    def _index(self) -> dict[str, _Place]:
        if self._packed is None:
            self._packed = {
                digest: _Place(path.stem, *place)
                for path in self._folder.glob("pack-*.json")
                for digest, place in _read_index(path).items()
            }
        return self._packed

    def _sweep(self) -> None:
        """Remove packs that a killed process did not finish; nothing refers to them."""
        for pack in self._folder.glob("pack-*"):
            if not pack.suffix and not pack.with_suffix(".json").exists():
                pack.unlink()

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.replace(path)


def _read_index(path: Path) -> dict[str, tuple[int, int]]:
    try:
        found = json.loads(path.read_bytes())
    except ValueError:
        logger.warning("%s is damaged; its pack is not used", path)
        return {}
    return found if isinstance(found, dict) else {}


class _Pack:
    """A pack that is being written."""

    def __init__(self, known: Container[str], file: BinaryIO, name: str) -> None:
        self._known = known
        self._file = file
        self._name = name
        self.places: dict[str, _Place] = {}

    def put(self, data: bytes) -> str:
        """See `Sink`."""
        digest = digest_of(data)
        if digest not in self._known and digest not in self.places:
            self.places[digest] = _Place(self._name, self._file.tell(), len(data))
            self._file.write(data)
        return digest
