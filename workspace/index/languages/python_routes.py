"""Routes of Python projects: FastAPI, Flask, ViewSets and class-based views."""

import re
from collections.abc import Iterator, Mapping

from backend_developer.workspace.index.languages.python_models import bases
from backend_developer.workspace.index.records import Definition

_DECORATOR = re.compile(
    r"@(?P<owner>\w+(?:\.\w+)*)\.(?P<verb>get|post|put|patch|delete|head|options|trace|websocket|route|api_route)"
    r"""\(\s*(?:(?:path|rule)\s*=\s*)?[rf]?(?P<quote>["'])(?P<url>(?:/.*?)?)(?P=quote)(?P<rest>[^@]*)"""
)
_METHODS = re.compile(r"methods\s*=\s*[\[({]([^\])}]*)")
_METHOD = re.compile(r"[A-Za-z]+")
_ROUTER = re.compile(rb"^(\w+)[^=\n]*=\s*(?:\w+\.)?(?:APIRouter|Blueprint)\(((?:[^()]|\([^()]*\))*)\)", re.MULTILINE)
_PREFIX = re.compile(rb"""\b(?:url_)?prefix\s*=\s*["']([^"']*)["']""")
_VIEW = re.compile(r"^(?:\w*(?:ViewSet|View)|Resource)$")


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
        method, framework = _method(found["verb"], found["rest"]), _framework(source, found["verb"])
        yield _route(handler, prefix + found["url"], method, framework, found["owner"])


def view_class(definition: Definition) -> Iterator[Definition]:
    """The route that a class is when it is a view; its address stands in another file."""
    views = [base for base in bases(definition.signature) if _VIEW.match(base)]
    if views:
        rest = any("ViewSet" in base or "API" in base for base in views)
        framework = "django-rest-framework" if rest else "flask" if "Resource" in views else "django"
        yield _route(definition, definition.name, "ANY", framework)


def _route(handler: Definition, url: str, method: str, framework: str, router: str = "") -> Definition:
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
        router=router,
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
