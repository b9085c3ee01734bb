"""Python libraries: the distributions in the virtualenv of the project."""

import ast
import logging
import re
import sys
import sysconfig
import threading
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

from backend_developer.contract import NoToolchain
from backend_developer.workspace.libraries.library import Library, Section, sections_of
from backend_developer.workspace.project_settings import load_project_settings
from backend_developer.workspace.toolchains.python.interpreter import Interpreter
from backend_developer.workspace.toolchains.python.packages import find_packages
from backend_developer.workspace.toolchains.python.project import PythonProject

logger = logging.getLogger(__name__)

ECOSYSTEM = "python"
MOST_PARSED = 8
"""Files whose definitions are read for one question: about 0.1 s."""
MOST_SCANNED = 3_000
MAX_FILE_BYTES = 400_000
DOC_CHARS = 700

_DEFINED = re.compile(rb"^\s*(?:class|def|async def)\s+(\w+)", re.MULTILINE)
_ASIDE = frozenset({"tests", "test", "testing", "_vendor", "vendor", "locale", "migrations"})

_Function = ast.FunctionDef | ast.AsyncFunctionDef


_one_at_a_time = threading.Lock()
"""Questions come side by side, and the cache alone would let each of the first ones read everything."""


def python_libraries(root: Path) -> list[Library]:
    """The distributions installed for the Python projects of a workspace, each once."""
    found: dict[str, Library] = {}
    for sites in _environments(root):
        with _one_at_a_time:
            installed = _installed_in(tuple(sites), tuple(_changed_at(site) for site in sites))
        for library in installed:
            found.setdefault(library.name.casefold(), library)
    return list(found.values())


@lru_cache(maxsize=8)
def _installed_in(sites: tuple[Path, ...], _changed: tuple[int, ...]) -> tuple[Library, ...]:
    """Read once (0.3 s for 150) until something is installed or removed, which changes the folder's time."""
    found = distributions(path=[str(site) for site in sites])
    return tuple(_library(one, name) for one in found if (name := one.metadata["Name"]))


def _changed_at(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _environments(root: Path) -> Iterator[list[Path]]:
    setting = load_project_settings(root).python
    for package in find_packages(root):
        try:
            yield site_folders(PythonProject(root, package, setting).interpreter)
        except NoToolchain as error:
            logger.warning("the libraries of %s cannot be read: %s", package.root, error)


def site_folders(interpreter: Interpreter) -> list[Path]:
    """Where the distributions of an interpreter lie; it is not started."""
    if interpreter.python == Path(sys.executable):
        return [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")]
    prefix = interpreter.programs.parent
    places = [prefix, Path("/usr/local")] if prefix == Path("/usr") else [prefix]
    patterns = ("lib/python3*/site-packages", "lib/python3*/dist-packages", "lib/python3/dist-packages")
    found = [
        folder for place in places for pattern in (*patterns, "Lib/site-packages") for folder in place.glob(pattern)
    ]
    return list(dict.fromkeys(found))


def _library(installed: Distribution, name: str) -> Library:
    return Library(
        name=name,
        version=installed.version,
        ecosystem=ECOSYSTEM,
        summary=str(installed.metadata.json.get("summary", "")),
        overview=partial(_overview, installed),
        definitions=partial(_definitions, installed),
        aliases=_imported_as(installed),
    )


def _imported_as(installed: Distribution) -> list[str]:
    """The names in `top_level.txt`, else those of the installed files."""
    listed = (installed.read_text("top_level.txt") or "").split()
    if listed:
        return listed
    record = installed.read_text("RECORD") or ""
    names = {line.split(",")[0].split("/")[0].removesuffix(".py") for line in record.splitlines()}
    return sorted(name for name in names if name.isidentifier())


def _sources(installed: Distribution) -> list[PurePosixPath]:
    """Its Python files, relative to where it is installed; none outside of that."""
    paths = (PurePosixPath(str(path)) for path in installed.files or [])
    return [
        path
        for path in paths
        if path.suffix == ".py"
        and not path.is_absolute()
        and ".." not in path.parts
        and not _ASIDE.intersection(path.parts)
    ]


def _overview(installed: Distribution) -> list[Section]:
    metadata = f"{installed.metadata['Name']}-{installed.version}.dist-info/METADATA"
    readme = str(installed.metadata.json.get("description", ""))
    sections = sections_of(readme, metadata)
    for path in _sources(installed):
        if path.name == "__init__.py" and len(path.parts) == 2:
            sections += _of_file(path, _read(installed, path))
    return sections


def _definitions(installed: Distribution, words: Sequence[str]) -> Iterator[Section]:
    wanted = [word.encode() for word in words]
    ranked = []
    for path in _sources(installed)[:MOST_SCANNED]:
        data = _read(installed, path)
        score = _score(path, data, wanted)
        if score:
            ranked.append((-score, len(path.parts), path, data))
    for _, _, path, data in sorted(ranked, key=lambda one: one[:3])[:MOST_PARSED]:
        yield from _of_file(path, data)


def _read(installed: Distribution, path: PurePosixPath) -> bytes:
    place = Path(str(installed.locate_file(str(path))))
    try:
        return place.read_bytes() if place.stat().st_size <= MAX_FILE_BYTES else b""
    except OSError as error:
        logger.debug("%s cannot be read: %s", place, error)
        return b""


def _score(path: PurePosixPath, data: bytes, words: Sequence[bytes]) -> int:
    text, where = data.lower(), str(path).lower().encode()
    present = [word for word in words if word in text]
    if not present:
        return 0
    defined = b" ".join(_DEFINED.findall(data)).lower()
    return sum(1 + 4 * (word in defined) + 3 * (word in where) for word in present)


def _of_file(path: PurePosixPath, data: bytes) -> list[Section]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        logger.debug("%s cannot be parsed: %s", path, error)
        return []
    parts = path.parent.parts if path.name == "__init__.py" else (*path.parent.parts, path.stem)
    module = ".".join(parts)
    found = list(_in_body(tree, module, str(path)))
    said = ast.get_docstring(tree)
    return [Section(module, said[:DOC_CHARS], str(path)), *found] if said else found


def _in_body(body: ast.Module | ast.ClassDef, scope: str, source: str) -> Iterator[Section]:
    for node in body.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            title = f"class {scope}.{node.name}({', '.join(map(ast.unparse, node.bases))})"
            methods = [f"- {signature(one)}" for one in _public(node)]
            yield Section(title, "\n".join([_said(node), *methods]).strip(), source)
            yield from _in_body(node, f"{scope}.{node.name}", source)
        elif isinstance(node, _Function) and not node.name.startswith("_"):
            yield Section(f"{scope}.{signature(node)}", _said(node), source)


def _public(node: ast.ClassDef) -> list[_Function]:
    functions = [one for one in node.body if isinstance(one, _Function)]
    return [one for one in functions if one.name == "__init__" or not one.name.startswith("_")]


def signature(node: _Function) -> str:
    """Name, parameters and result, as they could be called."""
    result = f" -> {_bare(node.returns)}" if node.returns else ""
    return f"{node.name}({_bare(node.args)}){result}"


def _bare(node: ast.AST) -> str:
    return ast.unparse(_WithoutMetadata().visit(node))


class _WithoutMetadata(ast.NodeTransformer):
    """`Annotated[int, Doc(...)]` as `int`: some libraries keep whole chapters in their signatures."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        inner = node.slice
        if ast.unparse(node.value).rpartition(".")[2] == "Annotated" and isinstance(inner, ast.Tuple) and inner.elts:
            node = ast.Subscript(ast.Name("Annotated"), self.visit(inner.elts[0]))
            return node.slice
        return self.generic_visit(node)


def _said(node: ast.ClassDef | _Function) -> str:
    return (ast.get_docstring(node) or "")[:DOC_CHARS]
