"""Routes of Python projects: FastAPI, Flask, Django URLs, ViewSets and class-based views."""

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Language, Node

from backend_developer.workspace.index.languages.python_models import bases
from backend_developer.workspace.index.languages.tree import matches, text_of
from backend_developer.workspace.index.records import Definition

_DECORATOR = re.compile(
    r"@(?P<owner>\w+(?:\.\w+)*)\.(?P<verb>get|post|put|patch|delete|head|options|trace|websocket|route|api_route)"
    r"""\(\s*(?:(?:path|rule)\s*=\s*)?[rf]?(?P<quote>["'])(?P<url>(?:/.*?)?)(?P=quote)(?P<rest>[^@]*)"""
)
_METHODS = re.compile(r"methods\s*=\s*[\[({]([^\])}]*)")
_METHOD = re.compile(r"[A-Za-z]+")
_WORD = re.compile(r"[^\W\d]\w*")
_ROUTER = re.compile(rb"^(\w+)[^=\n]*=\s*(?:\w+\.)?(?:APIRouter|Blueprint)\(((?:[^()]|\([^()]*\))*)\)", re.MULTILINE)
_PREFIX = re.compile(rb"""\b(?:url_)?prefix\s*=\s*["']([^"']*)["']""")
_VIEW = re.compile(r"^(?:\w*(?:ViewSet|View)|Resource)$")
_URL_CALL = """
(call
  function: [(identifier) @function (attribute attribute: (identifier) @function)]
  arguments: (argument_list . (string) @url . (_) @view)) @call
"""


def prefixes(source: bytes) -> Mapping[str, str]:
    """Name of a router or blueprint to the prefix that this file gives it."""
    if b"APIRouter(" not in source and b"Blueprint(" not in source:
        return {}
    found = ((name.decode(), _PREFIX.search(arguments)) for name, arguments in _ROUTER.findall(source))
    return {name: prefix[1].decode("utf-8", "replace") for name, prefix in found if prefix}


def decorated(handler: Definition, decorators: str, prefixes: Mapping[str, str], source: bytes) -> Iterator[Definition]:
    """The routes that the decorators of a function declare."""
    for found in _DECORATOR.finditer(decorators):
        prefix = prefixes.get(found["owner"], "")
        url = prefix + found["url"] if prefix or found["url"] else "/"
        yield _route(handler, url, _method(found["verb"], found["rest"]), _framework(source, found["verb"]))


def view_class(definition: Definition) -> Iterator[Definition]:
    """The route that a class is when it is a view; its address stands in another file."""
    views = [base for base in bases(definition.signature) if _VIEW.match(base)]
    if views:
        rest = any("ViewSet" in base or "API" in base for base in views)
        framework = "django-rest-framework" if rest else "flask" if "Resource" in views else "django"
        yield _route(definition, definition.name, "ANY", framework)


def registered(grammar: Language, root: Node) -> Iterator[Definition]:
    """The routes of Django's `path`, `re_path` and `url`, and of a router's `register`."""
    for found in matches(grammar, _URL_CALL, root):
        function = text_of(found["function"][0])
        view = text_of(found["view"][0]).partition(".as_view(")[0]
        if function in {"path", "re_path", "url"} and not view.startswith("include("):
            framework = "django"
        elif function == "register" and view.endswith(("ViewSet", "View")):
            framework = "django-rest-framework"
        else:
            continue
        yield _registered(found["call"][0], text_of(found["url"][0]), view, framework)


def _registered(call: Node, url: str, view: str, framework: str) -> Definition:
    view = " ".join(view.split())[:80]
    return Definition(
        kind="route",
        name="/" + url.lstrip("rRbBuUfF").strip("\"'").removeprefix("^"),
        scope=_WORD.findall(view)[-1] if _WORD.search(view) else view,
        signature=view,
        doc="",
        line=call.start_point.row + 1,
        end_line=call.end_point.row + 1,
        body=(call.start_byte, call.end_byte),
        framework=framework,
        detail="ANY",
    )


def _route(handler: Definition, url: str, method: str, framework: str) -> Definition:
    return Definition(
        kind="route",
        name=url,
        scope=handler.qualified,
        signature=handler.signature,
        doc=handler.doc,
        line=handler.line,
        end_line=handler.end_line,
        body=handler.body,
        framework=framework,
        detail=method,
    )


def _method(verb: str, rest: str) -> str:
    if verb not in {"route", "api_route"}:
        return verb.upper()
    methods = _METHODS.search(rest)
    return ",".join(name.upper() for name in _METHOD.findall(methods[1])) if methods else "GET"


def _framework(source: bytes, verb: str) -> str:
    if b"fastapi" in source or verb in {"api_route", "websocket"}:
        return "fastapi"
    return "flask" if b"flask" in source or verb == "route" else "python"
