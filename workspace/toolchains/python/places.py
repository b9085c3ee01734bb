"""Where in the project a fault lies that a tool names without its line: of a traceback, and of Django's checks."""

import ast
import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from backend_developer.contract import Finding
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Step
from backend_developer.workspace.toolchains.files import read_text, walk

logger = logging.getLogger(__name__)

Place = tuple[str, int]
"""A file, relative to the workspace, and a line."""

_FRAME = re.compile(r'^\s+File "(?P<file>[^"]+)", line (?P<line>\d+)')
_RAISED = re.compile(r"^(?:\w+\.)*(?P<kind>[A-Z]\w+)(?:: .*)?$")
_OBJECT = re.compile(r"^(?P<app>\w+)\.(?P<model>\w+)(?:\.(?P<field>\w+))?$")
_CLASS = re.compile(r"^<class '(?P<module>[\w.]+)\.(?P<name>\w+)'>$")


def crash(lines: Iterable[str], step: Step, root: Path) -> Finding | None:
    """The last traceback of an output, at the innermost line of the project; None where there is no such line."""
    place: Place | None = None
    found = None
    for line in lines:
        frame = _FRAME.match(line)
        raised = _RAISED.match(line)
        if frame:
            place = _own(frame["file"], int(frame["line"]), step, root) or place
        elif raised and place:
            found = _finding(raised["kind"], line, place, step)
    return found


def checked(named: str, step: Step, root: Path) -> Place | None:
    """What a check of Django is about: `app.Model`, `app.Model.field` or `<class 'module.Name'>`. Reads the disk."""
    by_class = _CLASS.match(named)
    if by_class:
        module = by_class["module"].replace(".", "/")
        return _class_in(root, step, (f"{module}.py", f"{module}/__init__.py"), by_class["name"], None)
    about = _OBJECT.match(named)
    if about is None:
        return None
    return _class_in(root, step, _models(root, step, about["app"]), about["model"], about["field"])


def _finding(kind: str, message: str, place: Place, step: Step) -> Finding:
    return Finding(source=output.source(step), code=kind, message=message, file=place[0], line=place[1])


def _own(file: str, line: int, step: Step, root: Path) -> Place | None:
    path = output.relative(file, step, root)
    known = not Path(path).is_absolute() and (root / path).is_file()
    installed = {"site-packages", "dist-packages"} & {*PurePosixPath(path).parts}
    return (path, line) if known and not installed else None


def _models(root: Path, step: Step, app: str) -> Iterator[str]:
    """The modules of an app's models, relative to the package: an app's label is the name of its folder."""
    package = step.package.root
    for path in walk(root, package):
        place = PurePosixPath(path)
        if place.suffix == ".py" and ((app, "models.py") == place.parts[-2:] or (app, "models") == place.parts[-3:-1]):
            yield str(place.relative_to(package))


def _class_in(root: Path, step: Step, paths: Iterable[str], name: str, field: str | None) -> Place | None:
    for path in paths:
        line = _line(read_text(root / step.package.root / path), name, field)
        if line:
            return output.relative(path, step, root), line
    logger.debug("%s is in no module that it is looked for in", name)
    return None


def _line(source: str, name: str, field: str | None) -> int | None:
    """The line of the field; of its class where it stands in another one."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    found = next(classes, None)
    if found is None:
        return None
    fields = (node for node in found.body if field in _assigned(node))
    return next(fields, found).lineno


def _assigned(node: ast.stmt) -> set[str | None]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}
