"""Finds the application objects of web frameworks in the syntax trees of a project."""

import ast
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from backend_developer.workspace.toolchains.python.project import PythonProject

logger = logging.getLogger(__name__)

Kind = Literal["asgi", "flask"]
Function = ast.FunctionDef | ast.AsyncFunctionDef

FRAMEWORKS: dict[str, tuple[str, Kind]] = {
    "FastAPI": ("fastapi", "asgi"),
    "Starlette": ("starlette", "asgi"),
    "Litestar": ("litestar", "asgi"),
    "Quart": ("quart", "asgi"),
    "Flask": ("flask", "flask"),
}
"""The class that is called to make an application, its framework and how it is served."""

_ENTRY_FILES = ("main", "app", "asgi", "wsgi", "server", "application", "api", "__init__")
_ENTRY_NAMES = ("app", "application", "api", "create_app", "make_app", "get_app")
_TELLING = re.compile(rf"\b(?:{'|'.join(FRAMEWORKS)}|\w*app\w*)\(")
_ASIDE = frozenset({"doc", "docs", "example", "examples", "samples", "scripts"})


@dataclass(frozen=True, slots=True)
class Application:
    """An application object, or a function without arguments that makes one."""

    path: str
    """The file, relative to the project's folder."""
    name: str
    framework: str
    kind: Kind
    factory: bool
    search: str
    """The folder, relative to the project's, from which its module is imported."""

    @property
    def module(self) -> str:
        """Its dotted name, as seen from `search`."""
        parts = list(PurePosixPath(self.path).relative_to(self.search).with_suffix("").parts)
        return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def find_applications(project: PythonProject) -> list[Application]:
    """All of them, the likeliest entry first: an object before a factory, main.py before others, the outermost."""
    trees = dict(_trees(project))
    factories = {path: list(_factories(tree.body)) for path, tree in trees.items()}
    makers = {name: made for found in factories.values() for name, made, _ in found}
    found = []
    for path, tree in trees.items():
        search = _search_folder(project, path, tree)
        alone = [(name, made) for name, made, is_alone in factories[path] if is_alone]
        for names, is_factory in ((list(_objects(tree.body, makers)), False), (alone, True)):
            found += [Application(path, name, *FRAMEWORKS[made], is_factory, search) for name, made in names]
    found.sort(key=_rank)
    logger.info("applications of %s: %s", project.folder, [f"{app.path}:{app.name}" for app in found])
    return found


def _rank(app: Application) -> tuple[int, int, int, int, str]:
    place = PurePosixPath(app.path)
    file = _ENTRY_FILES.index(place.stem) if place.stem in _ENTRY_FILES else len(_ENTRY_FILES)
    name = _ENTRY_NAMES.index(app.name) if app.name in _ENTRY_NAMES else len(_ENTRY_NAMES)
    return int(app.factory), name, file, len(place.parts), app.path


def _trees(project: PythonProject) -> Iterator[tuple[str, ast.Module]]:
    """The files that call something like a framework's class or a function that makes an application."""
    for path in project.sources:
        text = project.text(path)
        if _ASIDE.intersection(PurePosixPath(path).parts) or not _TELLING.search(text):
            continue
        try:
            yield path, ast.parse(text)
        except (SyntaxError, ValueError) as error:
            logger.debug("%s cannot be parsed: %s", path, error)


def _objects(body: Iterable[ast.stmt], factories: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Names bound on the module's level, and what class they are made of."""
    for statement in body:
        if isinstance(statement, ast.Assign):
            targets: list[ast.expr] = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        else:
            continue
        called = _called(statement.value)
        made = factories.get(called, called)
        if made in FRAMEWORKS:
            yield from ((target.id, made) for target in targets if isinstance(target, ast.Name))


def _factories(body: Iterable[ast.stmt]) -> Iterator[tuple[str, str, bool]]:
    """Functions that call a framework's class: name, class, and whether they can be called without arguments."""
    for function in body:
        if isinstance(function, Function) and not function.name.startswith("_"):
            made = next((name for name in map(_called, ast.walk(function)) if name in FRAMEWORKS), None)
            if made:
                yield function.name, made, _is_callable_alone(function)


def _is_callable_alone(function: Function) -> bool:
    arguments = function.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    keywords = all(default is not None for default in arguments.kw_defaults)
    return isinstance(function, ast.FunctionDef) and positional == len(arguments.defaults) and keywords


def _called(node: ast.AST | None) -> str:
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _search_folder(project: PythonProject, path: str, tree: ast.Module) -> str:
    """The folder from which the file's own imports of the project resolve; else the parent of its package."""
    folder = PurePosixPath(path).parent
    while folder != PurePosixPath(".") and (project.folder / folder / "__init__.py").is_file():
        folder = folder.parent
    places = dict.fromkeys((str(folder), project.source_root, "."))
    candidates = [place for place in places if PurePosixPath(path).is_relative_to(place)]
    imported = list(_imported(tree))
    return next(
        (place for place in candidates if any(_is_in(project.folder / place, name) for name in imported)),
        candidates[0],
    )


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """All nodes but expressions, in which no statement stands."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += (one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.expr))


def _is_in(folder: Path, name: str) -> bool:
    return (folder / f"{name}.py").is_file() or (folder / name).is_dir()
