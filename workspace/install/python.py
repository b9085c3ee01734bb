"""uv, Poetry and pip: into the virtualenv in the project, which is made where there is none."""

import logging
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from packaging.utils import canonicalize_name

from backend_developer.contract import NoToolchain
from backend_developer.workspace.commands.environment import command_path
from backend_developer.workspace.install.requirements import Requirements, development_extras, requirements_of
from backend_developer.workspace.install.step import InstallStep, beside, contents, fingerprint, kept
from backend_developer.workspace.libraries.python import site_folders
from backend_developer.workspace.toolchains.node.manager import above
from backend_developer.workspace.toolchains.python.interpreter import Interpreter
from backend_developer.workspace.toolchains.python.packages import find_packages
from backend_developer.workspace.toolchains.python.project import PythonProject

logger = logging.getLogger(__name__)

VIRTUALENV = ".venv"
_PROGRAMS = "Scripts" if os.name == "nt" else "bin"
_LOCKS = {"uv.lock": "uv", "poetry.lock": "poetry"}
_GET = {
    "uv": "Install it (https://docs.astral.sh/uv/), so that `uv --version` works in the shell that starts this.",
    "poetry": "Install it (https://python-poetry.org/docs/), so that `poetry --version` works in the shell that starts "
    "this.",
}
_MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg", "constraints.txt", "uv.lock", "poetry.lock")
_TABLES = ("project", "build-system", "dependency-groups")
_TOOLS = ("hatch", "pdm", "poetry", "setuptools", "uv")


def python_steps(root: Path, downloads: Path, setting: str | None = None) -> list[InstallStep]:
    """One step for each project that declares something and is run by a virtualenv of its own, or by none that has it.

    `setting` is the interpreter that the project names: one outside of the workspace is the user's to fill.
    Raises `NoToolchain` where the manager that wrote the lock file is not installed.
    """
    if setting is not None and not _as_set(root, setting).is_relative_to(root):
        return []
    found = (_step(PythonProject(root, package, setting)) for package in find_packages(root))
    return list({step.key: step for step in found if step}.values())


@dataclass(frozen=True, slots=True)
class _Target:
    """Where the dependencies of a project go."""

    folder: Path
    """Where the commands run: that of the lock file, else the project's own."""
    manager: str
    python: Path
    """The virtualenv's interpreter, which may be still to be made."""

    @property
    def virtualenv(self) -> Path:
        return self.python.parent.parent


def _step(project: PythonProject) -> InstallStep | None:
    wanted, interpreter = requirements_of(project), _interpreter(project)
    mine = interpreter is not None and interpreter.python.is_relative_to(project.root)
    lacking = _lacking(wanted, interpreter, mine=mine)
    target = _target(project, interpreter.python if interpreter and mine else None)
    if not (mine or lacking) or not (wanted.arguments or target.manager != "pip"):
        return None
    place = target.folder.relative_to(project.root).as_posix()
    names = (*_MANIFESTS, *wanted.files)
    inputs = dict.fromkeys(name for folder in (place, project.package.root) for name in beside(folder, names))
    tables = [kept(project.pyproject, _TABLES), kept(project.tool(), _TOOLS)]
    unread = [name for name in inputs if PurePosixPath(name).name != "pyproject.toml"]
    return InstallStep(
        manager=target.manager,
        folder=place,
        commands=_commands(target, project, wanted, interpreter),
        inputs=tuple(inputs),
        fingerprint=fingerprint([wanted.arguments, *tables, *contents(project.root, unread)]),
        outputs=(target.python,),
        folders=(target.virtualenv,),
        missing=bool(lacking),
        builds_in=(project.folder, *(path for path in project.folder.glob("*/") if path.name != VIRTUALENV)),
        env={"UV_PROJECT_ENVIRONMENT": str(target.virtualenv), "POETRY_VIRTUALENVS_IN_PROJECT": "true"},
    )


def _target(project: PythonProject, python: Path | None) -> _Target:
    places = above(project.root, project.folder)
    locks = ((place, manager) for place in places for name, manager in _LOCKS.items() if (place / name).is_file())
    folder, manager = next(locks, (project.folder, "pip"))
    if python is None and project.python is not None:
        python = _as_set(project.root, project.python)
    made = folder / VIRTUALENV / _PROGRAMS / ("python.exe" if os.name == "nt" else "python")
    return _Target(folder, manager, python or made)


def _as_set(root: Path, setting: str) -> Path:
    """By its words: the interpreter of a virtualenv is a link, and leads out of it."""
    return Path(os.path.normpath(root / Path(setting).expanduser()))


def _interpreter(project: PythonProject) -> Interpreter | None:
    """What would run the project now; None where it names a virtualenv that is still to be made."""
    if project.python is not None and not _as_set(project.root, project.python).exists():
        return None
    return project.interpreter


def _to_run(wanted: Requirements) -> frozenset[str]:
    """What an environment of someone else's must have to be left alone: linters may come from PATH."""
    return wanted.runtime | (wanted.development & {"pytest"})


def _lacking(wanted: Requirements, interpreter: Interpreter | None, *, mine: bool) -> frozenset[str]:
    needed = wanted.runtime | wanted.development if mine else _to_run(wanted)
    return needed - (_installed(site_folders(interpreter)) if interpreter else frozenset())


def _installed(sites: Iterable[Path]) -> frozenset[str]:
    """The normalised names of the distributions in these folders, by the names of their metadata."""
    found = (path for site in sites for path in site.glob("*-info") if path.suffix in (".dist-info", ".egg-info"))
    return frozenset(canonicalize_name(path.stem.partition("-")[0]) for path in found)


def _commands(
    target: _Target, project: PythonProject, wanted: Requirements, interpreter: Interpreter | None
) -> tuple[tuple[str, ...], ...]:
    path = command_path(os.environ.get("PATH", os.defpath), project.root)
    if target.manager == "pip":
        return _by_pip(target, wanted, interpreter, path)
    return _by_lock(target, project, path)


def _by_lock(target: _Target, project: PythonProject, path: str) -> tuple[tuple[str, ...], ...]:
    program = shutil.which(target.manager, path=path)
    if program is None:
        raise NoToolchain(
            f"The dependencies of {project.package.root} are locked by {target.manager}, which is not on PATH.",
            _GET[target.manager],
            source="toolchain/python",
        )
    extras = development_extras(project)
    if target.manager == "uv":
        return ((program, "sync", "--locked", *(word for name in extras for word in ("--extra", name))),)
    return ((program, "install", "--no-interaction", *(word for name in extras for word in ("--extras", name))),)


def _by_pip(
    target: _Target, wanted: Requirements, interpreter: Interpreter | None, path: str
) -> tuple[tuple[str, ...], ...]:
    """A virtualenv that uv has made has no pip of its own."""
    python = str(target.python)
    install = (python, "-m", "pip", "install", *wanted.arguments)
    if not target.python.exists():
        # venv does not write over the dead links of one whose interpreter has been removed.
        anew = ("--clear",) if (target.virtualenv / "pyvenv.cfg").is_file() else ()
        return (_base(interpreter, path), "-m", "venv", *anew, str(target.virtualenv)), install
    if "pip" not in _installed(site_folders(Interpreter(target.python, ""))):
        return (python, "-m", "ensurepip"), install
    return (install,)


def _base(interpreter: Interpreter | None, path: str) -> str:
    """What makes the virtualenv: what would run the project without one, if that is not what runs us."""
    if interpreter and interpreter.python != Path(sys.executable):
        return str(interpreter.python)
    return shutil.which("python3", path=path) or sys.executable
