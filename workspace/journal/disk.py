"""The project's folder as the journal touches it."""

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from backend_developer.contract import CallFailed
from backend_developer.workspace import files
from backend_developer.workspace.files import FILE, LINK, Content, Version
from backend_developer.workspace.text import printable


class Disk:
    """Reads and replaces files below one root. Everything here blocks: call it from a thread."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))

    def read(self, path: str) -> Content | None:
        """What the path holds now. Raises `OSError`."""
        return files.read_content(self.root / path)

    def version(self, path: str) -> Version | None:
        """What the path holds now; a version that equals no other where it cannot be read."""
        try:
            return files.version_of(self.root / path)
        except OSError:
            return Version("", 0)

    def before_write(self, path: str) -> tuple[Content | None, list[str]]:
        """What a write would replace, and the folders that it would make.

        Raises `CallFailed` where no file can be there, `OSError` where the old one cannot be read.
        """
        content = self.read(path)
        if content is not None and stat.S_IFMT(content.mode) not in (FILE, LINK):
            what = "a folder" if stat.S_ISDIR(content.mode) else "no regular file"
            raise CallFailed(f"{printable(path)} is {what}; name a file")
        return content, files.missing_folders(self.root, path)

    def put(self, path: str, content: Content | None, folders: Iterable[str] = ()) -> None:
        """Make the path hold this. Raises `OSError`, also where a link has come to stand in its way."""
        place = self.root / path
        for folder in folders:
            (self.root / folder).mkdir(exist_ok=True)
        if os.path.realpath(place.parent) != str(place.parent):
            raise OSError(0, "one of its folders has become a link")
        files.put_content(place, content)

    def put_anew(self, path: str, content: Content | None) -> None:
        """As `put`, with the folders that are missing."""
        self.put(path, content, files.missing_folders(self.root, path))

    def tidy(self, paths: Sequence[str]) -> None:
        """Remove what a killed process left beside these paths."""
        for path in paths:
            files.temporary_of(self.root / path).unlink(missing_ok=True)

    def remove_empty(self, folders: Iterable[str]) -> None:
        """Remove those of the folders that hold nothing."""
        files.remove_empty_folders(self.root, list(folders))
