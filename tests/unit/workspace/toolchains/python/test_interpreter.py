import os
import sys
from pathlib import Path

import pytest

from backend_developer.contract import NoToolchain
from backend_developer.workspace.toolchains.python.interpreter import find_interpreter


def _virtualenv(folder: Path, *programs: str) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").touch()
    for name in ("python", *programs):
        (folder / "bin" / name).touch(mode=0o755)
    return folder / "bin" / "python"


def test_the_projects_own_virtualenv_comes_before_one_above_it(tmp_path: Path) -> None:
    above = _virtualenv(tmp_path / ".venv")
    own = _virtualenv(tmp_path / "api" / "myenv")
    assert find_interpreter(tmp_path, "api", []).python == own
    assert find_interpreter(tmp_path, ".", []).python == above


def test_the_one_that_is_set_wins(tmp_path: Path) -> None:
    _virtualenv(tmp_path / ".venv")
    other = _virtualenv(tmp_path / "other")
    assert find_interpreter(tmp_path, ".", [], "other/bin/python").python == other


def test_without_a_virtualenv_it_is_ours_if_it_has_all_that_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    assert find_interpreter(tmp_path, ".", ["pytest"]).python == Path(sys.executable)
    assert find_interpreter(tmp_path, ".", ["no-such-distribution"]).python != Path(sys.executable)


def test_an_active_virtualenv_that_is_not_ours_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    active = _virtualenv(tmp_path / "active")
    (tmp_path / "project").mkdir()
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    assert find_interpreter(tmp_path / "project", ".", []).python == active


def test_a_missing_tool_is_named_with_the_line_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = _virtualenv(tmp_path / ".venv", "ruff")
    monkeypatch.setenv("PATH", str(tmp_path))
    interpreter = find_interpreter(tmp_path, ".", [])
    assert interpreter.program("ruff") == tmp_path / ".venv" / "bin" / "ruff"
    with pytest.raises(NoToolchain, match=f"{python} -m pip install mypy"):
        interpreter.program("mypy")
    with pytest.raises(NoToolchain, match="pip install pytest"):
        interpreter.require_module("pytest")


def test_activating_puts_its_programs_first(tmp_path: Path) -> None:
    python = _virtualenv(tmp_path / ".venv")
    env = find_interpreter(tmp_path, ".", []).environment
    assert env["VIRTUAL_ENV"] == str(tmp_path / ".venv")
    assert env["PATH"].split(os.pathsep)[0] == str(python.parent)
