"""NestJS: routes by decorators, the modules that controllers are in, and the prefixes of modules and applications."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from backend_developer.workspace.index.languages import javascript_names, javascript_nest_application
from backend_developer.workspace.index.languages.bindings import chained
from backend_developer.workspace.index.languages.javascript_nest_application import APPLICATION
from backend_developer.workspace.index.languages.tree import (
    Parsed,
    Site,
    field,
    matches,
    route,
    text_of,
    unquoted,
)
from backend_developer.workspace.index.records import Definition, Link

_MARK = re.compile(r"@(Get|Post|Put|Patch|Delete|All|Options|Head)\s*\(\s*(?:[\"'`]([^\"'`]*)[\"'`])?")
_CONTROLLER = re.compile(r"@Controller\s*\(\s*(?:\{[\s\S]*?path:\s*)?(?:[\"'`]([^\"'`]*)[\"'`])?")
_MODULES = """
(decorator (call_expression function: (identifier) @name arguments: (arguments . (object) @options))) @decorator
"""
_REGISTERED = """
(call_expression
  function: (member_expression object: (identifier) @owner property: (property_identifier) @verb)
  arguments: (arguments . (array) @entries))
"""


class _Entry(NamedTuple):
    node: Node
    above: str


def controller(marks: Iterable[Node]) -> str:
    """The prefix that a controller gives its routes: `/` for none of its own, empty where it is no controller."""
    for mark in marks:
        if found := _CONTROLLER.match(text_of(mark)):
            return f"/{found[1] or ''}"
    return ""


def marked(handler: Definition, site: Site) -> Iterator[Definition]:
    """The routes that the decorators of a controller's method declare."""
    if not site.scope.routes:
        return
    for mark in site.marks:
        if found := _MARK.match(text_of(mark)):
            method = "ANY" if found[1] == "All" else found[1].upper()
            yield route(handler, method, f"{site.scope.routes}/{found[2] or ''}", "nestjs")._replace(
                router=site.scope.name
            )


def links(source: bytes, parsed: Parsed) -> list[Link]:
    """What a file says of modules and of the application."""
    found: list[Link] = []
    if b"@Module(" in source:
        found += _controllers(parsed)
    if b"RouterModule." in source:
        found += _registered(parsed)
    if found:
        imports = javascript_names.imported(parsed.root)
        modules = {link.name for link in found} - {APPLICATION}
        found += [Link("alias", link.target, "", *imports[link.target]) for link in found if link.target in imports]
        found += [Link("own", module) for module in sorted(modules)]
    found += javascript_nest_application.links(source, parsed)
    return list(dict.fromkeys(found))


def _controllers(parsed: Parsed) -> Iterator[Link]:
    for found in matches(parsed.grammar, _MODULES, parsed.root):
        parent = found["decorator"][0].parent
        declared = parent.child_by_field_name("declaration") or parent if parent else None
        if declared and text_of(found["name"][0]) == "Module":
            for one in _array(found["options"][0], "controllers"):
                yield Link("mount", field(declared, "name"), "", "", text_of(one))


def _registered(parsed: Parsed) -> Iterator[Link]:
    """The paths of `RouterModule.register([{ path: "admin", module: AdminModule, children: [...] }])`."""
    for found in matches(parsed.grammar, _REGISTERED, parsed.root):
        if text_of(found["owner"][0]) != "RouterModule":
            continue
        waiting = [_Entry(one, "") for one in found["entries"][0].named_children]
        while waiting:
            node, above = waiting.pop()
            if node.type == "identifier":
                yield Link("mount", APPLICATION, above, "", text_of(node))
                continue
            given = {field(pair, "key"): pair.child_by_field_name("value") for pair in node.named_children}
            path = given.get("path")
            if path is None or path.type != "string":
                continue
            below = chained(above or "/", unquoted(text_of(path)))
            if module := given.get("module"):
                yield Link("mount", APPLICATION, below, "", text_of(module))
            waiting += [_Entry(one, below) for one in _array(node, "children")]


def _array(options: Node, key: str) -> list[Node]:
    values = (pair.child_by_field_name("value") for pair in options.named_children if field(pair, "key") == key)
    return [one for value in values if value and value.type == "array" for one in value.named_children]
