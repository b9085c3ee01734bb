"""What several parts of the workspace need of the machine."""

import sysconfig
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def ripgrep_folder() -> Path:
    """Where the `rg` of the development tools is."""
    folder = Path(sysconfig.get_path("scripts"))
    assert (folder / "rg").is_file(), "ripgrep is one of the development tools: pip install -e .[dev]"
    return folder
