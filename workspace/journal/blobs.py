"""Bytes by their digest, in a folder outside the project."""

import logging
import os
import secrets
from pathlib import Path

from backend_developer.workspace.files import digest_of

logger = logging.getLogger(__name__)


class Blobs:
    """A store on disk that its owner alone can read: a project's secrets may be among the bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep these bytes; returns their digest."""
        digest = digest_of(data)
        path = self.path(digest)
        if not path.exists():
            self._write(path, data)
        return digest

    def get(self, digest: str) -> bytes | None:
        """The bytes; None where they are not here, or where the disk did not keep them as they were."""
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError:
            return None
        if digest_of(data) != digest:
            logger.warning("%s is damaged and was dropped", self.path(digest))
            self.path(digest).unlink(missing_ok=True)
            return None
        return data

    def path(self, digest: str) -> Path:
        """Where these bytes lie, or would."""
        return self._folder / digest[:2] / digest[2:]

    def _write(self, path: Path, data: bytes) -> None:
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.replace(path)
