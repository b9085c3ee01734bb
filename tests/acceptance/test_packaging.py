"""What is installed: every package, and every file that the code reads."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
BESIDES = ("pyproject.toml", "README.md", "LICENSE")

IMPORTS = """
import json
import backend_developer.graph.builder, backend_developer.interfaces.cli
from backend_developer.prompts.library import SkillLibrary
from backend_developer.workspace.toolchains.python import probes
names = SkillLibrary().names
print(json.dumps({"file": backend_developer.graph.builder.__file__, "skills": names, "probes": probes.__file__}))
"""


def setuptools_table() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        table: dict[str, Any] = tomllib.load(file)["tool"]["setuptools"]
    return table


def folders() -> list[str]:
    """The top folders that hold packages."""
    return sorted(set(setuptools_table()["package-dir"].values()))


def found_packages() -> set[str]:
    return {
        ".".join(("backend_developer", *init.parent.relative_to(ROOT).parts))
        for folder in folders()
        for init in (ROOT / folder).rglob("__init__.py")
    }


def run(*words: str | Path, cwd: Path, **environment: str) -> str:
    """What the command printed; it succeeded."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("BACKEND_", "PYTHON"))}
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**bare, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left behind in the repository; with what is installed here, no network."""
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source"
    source.mkdir()
    for folder in folders():
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    for name in BESIDES:
        shutil.copy2(ROOT / name, source)
    quiet = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps")
    run("-m", "pip", "wheel", *quiet, "--no-build-isolation", "-w", place, source, cwd=place)
    (built,) = place.glob("*.whl")
    return built


def test_every_package_is_listed() -> None:
    assert sorted(setuptools_table()["packages"]) == sorted(found_packages())


def test_the_wheel_holds_every_file_and_nothing_else(wheel: Path) -> None:
    wanted = {
        f"backend_developer/{path.relative_to(ROOT).as_posix()}"
        for folder in folders()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if not PurePosixPath(name).parts[0].endswith(".dist-info")}
    assert held == wanted


def test_what_is_installed_works_from_anywhere(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    quiet = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps")
    run("-m", "pip", "install", *quiet, "--target", site, wheel, cwd=tmp_path)
    found = json.loads(run("-c", IMPORTS, cwd=tmp_path, PYTHONPATH=str(site)))
    assert Path(found["file"]).is_relative_to(site)
    assert Path(found["probes"]).is_relative_to(site)
    assert found["skills"] == sorted(folder.parent.name for folder in (ROOT / "prompts" / "skills").glob("*/SKILL.md"))
    script = site / "bin" / "backend-developer"
    assert run(script, "--version", cwd=tmp_path, PYTHONPATH=str(site)).strip()
