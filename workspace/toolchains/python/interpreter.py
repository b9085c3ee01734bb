"""Which interpreter and which programs run a Python project.

In this order:
1. `python` of the project's backend-developer.toml;
2. a virtualenv in the project's folder or one above it within the workspace: `.venv`, `venv`, `env`, `virtualenv`,
   or any other with a `pyvenv.cfg`. Poetry, PDM, uv and Pipenv put theirs there when told to keep it in the project;
3. the virtualenv that was active when we were started (`VIRTUAL_ENV`), unless it is the one that we run in;
4. the interpreter that runs us, where it has all that the project needs at run time, and its test runner;
5. `python3` on PATH; else the interpreter that runs us.
"""

import importlib.metadata
import logging
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from backend_developer.contract import NoToolchain
from backend_developer.workspace.commands.environment import command_path
from backend_developer.workspace.toolchains.installed import DECLARED_HINT

logger = logging.getLogger(__name__)

_BIN = "Scripts" if os.name == "nt" else "bin"
_NAMES = (".venv", "venv", "env", "virtualenv")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An interpreter, and the programs that go with it."""

    python: Path
    path: str
    """Where other programs are searched: PATH without the virtualenv that we run in."""

    @property
    def programs(self) -> Path:
        """The folder that holds it; links are not followed, for a virtualenv's python is one."""
        return self.python.parent

    @property
    def environment(self) -> dict[str, str]:
        """What activating it would set; nothing where it is no virtualenv."""
        prefix = self.programs.parent
        if not (prefix / "pyvenv.cfg").exists():
            return {}
        return {"VIRTUAL_ENV": str(prefix), "PATH": f"{self.programs}{os.pathsep}{self.path}"}

    def beside(self, name: str) -> Path | None:
        """The program of this name among its own."""
        found = shutil.which(name, path=str(self.programs))
        return Path(found) if found else None

    def program(self, name: str) -> Path:
        """The program of this name: its own, else one on PATH.

        Raises `NoToolchain` with the line that installs it.
        """
        found = self.beside(name) or shutil.which(name, path=self.path)
        if found is None:
            raise missing(name, self.python)
        return Path(found)

    def require_module(self, name: str) -> None:
        """Raise `NoToolchain` where the module is certainly not installed for the interpreter.

        Of an interpreter that is no virtualenv and does not run us it cannot be told without starting it.
        """
        if self.python == Path(sys.executable):
            installed = has_distributions([name])
        else:
            installed = not self.environment or self.beside(name) is not None
        if not installed:
            raise missing(name, self.python)


def missing(name: str, python: Path) -> NoToolchain:
    """The error for a tool that the project is configured for and that is not installed."""
    return NoToolchain(
        f"The project is configured for {name}, which is neither in the environment of {python} nor on PATH.",
        f"Install it with `{python} -m pip install {name}`, or name another interpreter as `python` in "
        f"backend-developer.toml. {DECLARED_HINT}",
        source="toolchain/python",
    )


def find_interpreter(root: Path, folder: str, needed: Iterable[str], setting: str | None = None) -> Interpreter:
    """The interpreter of the project in `folder`, a path relative to the workspace `root`.

    Raises `NoToolchain` where the one that is set does not exist.
    """
    path = command_path(os.environ.get("PATH", os.defpath), root)
    if setting is not None:
        return Interpreter(_as_set(root, setting), path)
    found = next(_in_project(root, folder), None) or _active() or _ours_if_complete(needed) or _on_path(path)
    logger.info("%s is run with %s", root / folder, found)
    return Interpreter(found, path)


def has_distributions(names: Iterable[str]) -> bool:
    """Whether the interpreter that runs us has all of these installed."""
    return all(_is_installed(name) for name in names)


def _as_set(root: Path, setting: str) -> Path:
    path = root / Path(setting).expanduser()
    if not path.is_file():
        raise NoToolchain(
            f"The interpreter {path}, set as `python` in backend-developer.toml, does not exist.",
            "Create it or set another one.",
            source="toolchain/python",
        )
    return path


def _in_project(root: Path, folder: str) -> Iterator[Path]:
    here = root / folder
    for place in (here, *here.parents):
        if not place.is_relative_to(root):
            return
        others = sorted(config.parent.name for config in place.glob("*/pyvenv.cfg"))
        for name in dict.fromkeys((*_NAMES, *others)):
            python = _python_of(place / name)
            if python:
                yield python


def _python_of(environment: Path) -> Path | None:
    names = ("python.exe",) if os.name == "nt" else ("python", "python3")
    candidates = (environment / _BIN / name for name in names)
    return next((path for path in candidates if path.exists()), None)


def _active() -> Path | None:
    active = os.environ.get("VIRTUAL_ENV")
    return _python_of(Path(active)) if active and Path(active) != Path(sys.prefix) else None


def _ours_if_complete(needed: Iterable[str]) -> Path | None:
    return Path(sys.executable) if has_distributions(needed) else None


def _on_path(path: str) -> Path:
    found = shutil.which("python3", path=path) or shutil.which("python", path=path)
    return Path(found or sys.executable)


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
