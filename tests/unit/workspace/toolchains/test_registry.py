import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from backend_developer.contract import NoToolchain
from backend_developer.workspace.toolchains import toolchains_for
from tests.support.product import write_files

NONE = SimpleNamespace(lint=(), build=(), tests=())


def test_the_projects_own_commands_come_first(tmp_path: Path) -> None:
    settings = SimpleNamespace(python=None, commands=NONE)
    known = ["python", "node", "go", "rust", "dotnet", "make"]
    assert [one.name for one in toolchains_for(tmp_path, tmp_path, settings)] == ["custom", *known]
    assert [one.name for one in toolchains_for(tmp_path, tmp_path)] == known


def test_own_commands_find_the_projects_virtualenv_first(tmp_path: Path) -> None:
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").touch()
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    commands = SimpleNamespace(lint=("make",), build=(), tests=())
    custom = toolchains_for(tmp_path, tmp_path, SimpleNamespace(python=None, commands=commands))[0]
    (step,) = custom.steps(tmp_path, custom.packages(tmp_path)[0], "lint")
    assert step.env["PATH"].split(os.pathsep)[0] == str(programs)


def test_own_commands_find_one_that_is_made_later(tmp_path: Path) -> None:
    commands = SimpleNamespace(lint=("make",), build=(), tests=())
    custom = toolchains_for(tmp_path, tmp_path, SimpleNamespace(python=None, commands=commands))[0]
    write_files(tmp_path, {".venv/bin/python": "", ".venv/pyvenv.cfg": ""})
    (step,) = custom.steps(tmp_path, custom.packages(tmp_path)[0], "lint")
    assert step.env["PATH"].split(os.pathsep)[0] == str(tmp_path / ".venv" / "bin")


def test_an_interpreter_that_is_set_must_exist(tmp_path: Path) -> None:
    with pytest.raises(NoToolchain, match="nowhere/python"):
        toolchains_for(tmp_path, tmp_path, SimpleNamespace(python="nowhere/python", commands=NONE))


def test_one_that_the_install_step_may_make_is_asked_for_when_it_is_needed(tmp_path: Path) -> None:
    commands = SimpleNamespace(lint=("make",), build=(), tests=())
    settings = SimpleNamespace(python="nowhere/python", commands=commands)
    custom = toolchains_for(tmp_path, tmp_path, settings, tmp_path / "downloads")[0]
    with pytest.raises(NoToolchain, match="nowhere/python"):
        custom.steps(tmp_path, custom.packages(tmp_path)[0], "lint")


def test_two_workspaces_share_no_scratch_folder(tmp_path: Path) -> None:
    folders = set()
    for name in ("one/shop", "two/shop"):
        root = tmp_path / name
        root.mkdir(parents=True)
        (root / "shop.py").touch()
        python, *_ = toolchains_for(root, tmp_path / "scratch")
        (step,) = python.steps(root, python.packages(root)[0], "build")
        folders.add(step.writable)
    assert len(folders) == 2
