from pathlib import Path

import pytest

MODULES = 120


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of so many modules, with a function each."""
    folder = tmp_path / "project"
    folder.mkdir()
    for number in range(MODULES):
        (folder / f"m{number}.py").write_text(f"def zebra_{number}():\n    return {number}\n")
    return folder
