"""The rule on measures: a task may not change what the gates measure it by.

The configuration of a linter, type checker or test runner that has judged the untouched project stays as it was; so do
the recipes that the project's own commands run, and no new module may stand in for a tool. A configuration file that
the task itself names in `files_involved` is free: the change is then the orchestrator's wish.
"""

import json
import logging
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from posixpath import basename
from typing import Any, NamedTuple

from backend_developer.contract import Finding
from backend_developer.contract.state import State
from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.nodes.gates.house_rules.configurations import (
    NODE_TOOLS,
    PYTHON_TOOLS,
    SAME,
    TOOLS,
    is_configuration,
    settings_of,
)
from backend_developer.workspace.toolchains.make.makefile import NAMES, Makefile
from backend_developer.workspace.toolchains.make.recipes import scripts, tools
from backend_developer.workspace.toolchains.make.toolchain import NAME as MAKE

logger = logging.getLogger(__name__)

_RECIPES = {
    MAKE: NAMES,
    "just": ("justfile", "Justfile"),
    "nox": ("noxfile.py",),
    "tox": ("tox.ini",),
    "invoke": ("tasks.py",),
    "task": ("Taskfile.yml", "Taskfile.yaml"),
    **dict.fromkeys(("npm", "pnpm", "yarn", *NODE_TOOLS, *SAME), ("package.json",)),
}
"""Program, or tool of a step, to the files in which is looked up what it is told to do."""

_STAND_INS = PYTHON_TOOLS | {
    "_pytest", "unittest", "uvicorn", "flask", "django", "alembic", "sitecustomize", "usercustomize",
}  # fmt: skip
_ROOT_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", "manage.py", "requirements.txt", "Pipfile")


class Measures(NamedTuple):
    """What the untouched project was measured by."""

    tools: frozenset[str]
    recipes: frozenset[str]
    """Files of the workspace that its own commands run."""

    @classmethod
    def of(cls, baseline: Mapping[str, Any], root: Path) -> "Measures":
        """From the gates' results on the untouched project. Reads the Makefiles whose targets they have run."""
        steps = [step for result in baseline.values() for step in result.get("evidence", {}).get("steps", ())]
        named = {str(step["tool"]).partition("-")[0] for step in steps}
        words = {word for step in steps if step["tool"] == "custom" for word in _words(step.get("command", ""))}
        recipes = {file for word in words for file in (word, *_RECIPES.get(word, ()))}
        recipes |= {file for step in steps if step["tool"] != "custom" for file in _recipes_of(step)}
        for step in steps:
            if step["tool"] == MAKE and (makefile := Makefile.of(root / step["package"])):
                commands = makefile.commands(step.get("command", "").rpartition(" ")[2], anew=True)
                words |= {PurePosixPath(word).name.partition("-")[0] for line in commands for word in _words(line)}
                words |= tools(commands)
                recipes |= set(_of_target(makefile, commands, step["package"]))
        told = {SAME.get(name, name) for name in named | words}
        return cls(TOOLS & told, frozenset(recipes))


def _of_target(makefile: Makefile, commands: Sequence[str], package: str) -> Iterator[str]:
    """The files that a target is written down in, with those of what it calls, also in the folders that it goes to."""
    words = {word for line in commands for word in _words(line)}
    written = {file for word in words for file in _RECIPES.get(PurePosixPath(word).name, ())}
    folders = ["", *(word for word in words if (makefile.folder / word).is_dir())]
    called = [posixpath.join(folder, file) for folder in folders for file in (*scripts(commands), *written)]
    for file in (*makefile.files, *called):
        yield posixpath.normpath(posixpath.join(package, file))


def _recipes_of(step: Mapping[str, Any]) -> Iterator[str]:
    """The files that a toolchain's step is written down in, such as the scripts of a package.json."""
    for file in _RECIPES.get(step["tool"], ()):
        yield str(PurePosixPath(step.get("package", "."), file))


def names_configuration(state: State) -> bool:
    """Whether the task names a file that configures linters or test runners, and so asks for it to be changed."""
    named = (state.get("task") or {}).get("files_involved", ())
    return any(is_configuration(PurePosixPath(path).name) for path in named)


def check_measures(
    changes: Sequence[Change], baseline: Mapping[str, Any], named: Iterable[str], root: Path
) -> list[Finding]:
    """Judge the changed files; `named` are the paths that the task names. Reads the disk."""
    measures, free = Measures.of(baseline, root), {str(PurePosixPath(path)) for path in named}
    bound = [change for change in changes if change.path not in free]
    findings = [found for change in bound for found in _judge(change, measures)]
    findings += _stand_ins(changes, root)
    logger.info("files=%d findings=%d", len(changes), len(findings))
    return findings


def _judge(change: Change, measures: Measures) -> Iterator[Finding]:
    name = basename(change.path)
    if change.path in measures.recipes and _recipe(name, change.before) != _recipe(name, change.after):
        yield _finding(change.path, "measure-changed", "is run by the project's own gate commands")
    old, new = settings_of(name, change.before), settings_of(name, change.after)
    for tool in sorted(measures.tools & (old.keys() | new.keys())):
        if old.get(tool) != new.get(tool):
            yield _finding(change.path, "measure-changed", f"configures {tool}, by which this task is judged")


def _recipe(name: str, data: bytes | None) -> Any:
    """Of a package.json the scripts alone: its dependencies are the task's business."""
    if name != "package.json" or data is None:
        return data
    try:
        return json.loads(data).get("scripts")
    except (ValueError, AttributeError):
        return data


def _stand_ins(changes: Sequence[Change], root: Path) -> list[Finding]:
    """New modules that `python -m <tool>`, or the interpreter itself, would load in place of the tool."""
    new = {change.path for change in changes if change.before is None and change.after is not None}
    found: dict[str, str] = {}
    for path in sorted(path for path in new if path.endswith(".py")):
        for module in _modules(path, root):
            name = PurePosixPath(module).stem
            if (name in _STAND_INS or name.startswith("backend_developer_")) and not _is_old(root / module, new, root):
                found.setdefault(module, path)
    told = "stands where Python looks for a tool of the gates, or for what it loads at its start: choose another name"
    return [
        Finding(source="house_rules", code="tool-shadowed", message=f"{module} {told}", file=path)
        for module, path in found.items()
    ]


def _modules(path: str, root: Path) -> Iterator[str]:
    """The module or package of this file at each folder that modules are imported from."""
    parts = PurePosixPath(path).parts
    for depth in range(len(parts)):
        folder = root.joinpath(*parts[:depth])
        if depth == 0 or folder.name == "src" or any((folder / mark).is_file() for mark in _ROOT_MARKS):
            yield "/".join(parts[: depth + 1])


def _is_old(module: Path, new: set[str], root: Path) -> bool:
    """Whether the package was there before the task: the project is the tool itself."""
    files = module.rglob("*.py") if module.is_dir() else []
    return any(file.relative_to(root).as_posix() not in new for file in files)


def _words(command: str) -> list[str]:
    return [word.strip("\"'").removeprefix("./") for word in command.split()]


def _finding(path: str, code: str, why: str) -> Finding:
    message = f"{path} {why}: put it back, and say in `finish` what you would change"
    return Finding(source="house_rules", code=code, message=message, file=path)
