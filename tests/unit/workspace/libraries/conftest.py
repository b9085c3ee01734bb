"""Projects with libraries installed, written by hand: nothing of them is run."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Install = Callable[..., None]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/pyvenv.cfg").write_text("home = /usr/bin\n", encoding="utf-8")
    (folder / ".venv/bin/python").touch()
    (folder / "main.py").touch()
    return folder


def put(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


@pytest.fixture
def pip(root: Path) -> Install:
    """Install a Python distribution."""

    def install(name: str, version: str, files: Mapping[str, str], readme: str = "") -> None:
        info = f"{name}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: About {name}.\n\n{readme}"
        record = "".join(f"{path},,\n" for path in files)
        whole = {**files, f"{info}/METADATA": metadata, f"{info}/RECORD": record}
        put(root / ".venv/lib/python3.11/site-packages", whole)

    return install


@pytest.fixture
def npm(root: Path) -> Install:
    """Install a Node package."""

    def install(name: str, version: str, files: Mapping[str, str]) -> None:
        manifest = json.dumps(
            {"name": name, "version": version, "description": f"About {name}.", "types": "index.d.ts"}
        )
        put(root, {"package.json": json.dumps({"dependencies": {name: f"^{version}", "absent": "^1"}})})
        put(root / "node_modules" / name, {"package.json": manifest, **files})

    return install
