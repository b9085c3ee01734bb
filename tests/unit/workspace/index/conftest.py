"""Small projects on disk, and their index."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from backend_developer.workspace.index import CodeIndex

Write = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def write(root: Path) -> Write:
    """Write files of the project: path to text."""

    def put(files: Mapping[str, str | bytes]) -> Path:
        for path, text in files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return root

    return put


@pytest.fixture
def index(root: Path, tmp_path: Path) -> Iterator[CodeIndex]:
    opened = CodeIndex(root, tmp_path / "state")
    yield opened
    opened.close()


async def addresses(index: CodeIndex) -> list[str]:
    """All routes with an address: method and address."""
    return sorted(f"{route.method} {route.url}" for route in await index.routes() if route.url.startswith("/"))
