"""uv, Poetry and pip: into the virtualenv in the project, which is made where there is none."""

import logging
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from packaging.utils import canonicalize_name

from backend_developer.contract import NoToolchain
from backend_developer.workspace.install.requirements import Requirements, development_extras, requirements_of
from backend_developer.workspace.install.step import InstallStep, beside, contents, fingerprint, kept
from backend_developer.workspace.libraries.python import site_folders
from backend_developer.workspace.toolchains.node.manager import above
from backend_developer.workspace.toolchains.python.interpreter import Interpreter, find_interpreter
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
_MANIFESTS = ("setup.py", "setup.cfg", "constraints.txt", "uv.lock", "poetry.lock")
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


def _step(project: PythonProject) -> InstallStep | None:
    wanted = requirements_of(project)
    interpreter = _interpreter(project, wanted)
    mine = interpreter is not None and interpreter.python.is_relative_to(project.root)
    lacking = _lacking(wanted, interpreter, mine=mine)
    if not wanted.arguments or not (mine or lacking):
        return None
    lock = next(
        (place / name for place in above(project.root, project.folder) for name in _LOCKS if (place / name).is_file()),
        None,
    )
    folder = lock.parent if lock else project.folder
    python = interpreter.python if interpreter and mine else _to_be_made(project, folder)
    place = folder.relative_to(project.root).as_posix()
    names = ("pyproject.toml", *_MANIFESTS, *wanted.files)
    commands = _by_lock(lock.name, project) if lock else _by_pip(project, wanted, python, interpreter)
    tables = [kept(project.pyproject, _TABLES), kept(project.tool(), _TOOLS)]
    return InstallStep(
        manager=_LOCKS[lock.name] if lock else "pip",
        folder=place,
        commands=commands,
        inputs=tuple(dict.fromkeys([*beside(place, names), *beside(project.package.root, names)])),
        fingerprint=fingerprint(
            [wanted.arguments, *tables, *contents(folder, names[1:]), *contents(project.folder, names[1:])]
        ),
        outputs=(python,),
        missing=bool(lacking),
        env={"UV_PROJECT_ENVIRONMENT": str(python.parent.parent), "POETRY_VIRTUALENVS_IN_PROJECT": "true"},
    )


def _as_set(root: Path, setting: str) -> Path:
    return root / Path(setting).expanduser()


def _interpreter(project: PythonProject, wanted: Requirements) -> Interpreter | None:
    """What would run the project now; None where it names a virtualenv that is still to be made."""
    if project.python is not None and not _as_set(project.root, project.python).exists():
        return None
    return find_interpreter(project.root, project.package.root, _to_run(wanted), project.python)


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


def _to_be_made(project: PythonProject, folder: Path) -> Path:
    if project.python is not None:
        return _as_set(project.root, project.python)
    return folder / VIRTUALENV / _PROGRAMS / ("python.exe" if os.name == "nt" else "python")


def _by_lock(lock: str, project: PythonProject) -> tuple[tuple[str, ...], ...]:
    manager = _LOCKS[lock]
    path = find_interpreter(project.root, project.package.root, ()).path
    program = shutil.which(manager, path=path)
    if program is None:
        raise NoToolchain(
            f"The dependencies of {project.package.root} are locked by {manager}, which is not on PATH.",
            _GET[manager],
            source="toolchain/python",
        )
    extras = [word for name in development_extras(project) for word in ("--extra", name)]
    if manager == "uv":
        return ((program, "sync", "--locked", *extras),)
    return ((program, "install", "--no-interaction", *(word.replace("--extra", "--extras") for word in extras)),)


def _by_pip(
    project: PythonProject, wanted: Requirements, python: Path, interpreter: Interpreter | None
) -> tuple[tuple[str, ...], ...]:
    """A virtualenv that uv has made has no pip of its own."""
    commands = [(str(python), "-m", "pip", "install", *wanted.arguments)]
    if not python.exists():
        base = interpreter or find_interpreter(project.root, project.package.root, _to_run(wanted))
        commands.insert(0, (str(base.python), "-m", "venv", str(python.parent.parent)))
    elif "pip" not in _installed(site_folders(Interpreter(python, ""))):
        commands.insert(0, (str(python), "-m", "ensurepip"))
    return tuple(commands)
