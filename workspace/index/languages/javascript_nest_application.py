"""What a file says of a whole application of NestJS: its global prefix, and its versions."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from backend_developer.workspace.index.applications import NEUTRAL
from backend_developer.workspace.index.languages.tree import Parsed, field, matches, said, text_of
from backend_developer.workspace.index.records import Link

APPLICATION = "@application"
"""What takes in the modules that a path is registered for."""

_DECORATORS = """
(decorator (call_expression function: (identifier) @name arguments: (arguments . (_) @given))) @decorator
"""
_CREATED = b"NestFactory.create"
_GLOBAL = re.compile(rb"\.setGlobalPrefix\(\s*([^,()]+?)\s*(?:,\s*\{([\s\S]*?)\}\s*,?\s*)?\)\s*(?:;|\n)")
_EXCLUDED = re.compile(rb"\bexclude:\s*\[([\s\S]*?)\]")
_TEXT = re.compile(rb"[\"'`]([^\"'`]*)[\"'`]")
_IDENTIFIER = re.compile(r"[\w.]+")
_VERSIONED = re.compile(rb"\.enableVersioning\(([^;]*?)\)\s*(?:;|\n)")
_PREFIX = re.compile(rb"\bprefix:\s*(?:[\"'`]([^\"'`]*)[\"'`]|(false))")
_DEFAULT = re.compile(rb"\bdefaultVersion:\s*(\[[^\]]*\]|[^,}\s]+)")
_VERSION = re.compile(rb"[\"'`]([\w.-]+)[\"'`]|(VERSION_NEUTRAL)")


def links(source: bytes, parsed: Parsed) -> Iterator[Link]:
    """The prefix, the versions, and which versions a controller or a method is of."""
    if _CREATED in source:
        yield Link("application", APPLICATION)
    if b".setGlobalPrefix(" in source:
        yield from _global(source)
    if b".enableVersioning(" in source:
        yield from _versioned(source)
    if b"ersion" in source and b"@Controller" in source:
        yield from _versions(parsed)


def _global(source: bytes) -> Iterator[Link]:
    """The prefix of all routes of an application, and which routes do without."""
    for given, options in _GLOBAL.findall(source):
        prefix = said(given)
        if prefix[:1] in "\"'`":
            prefix = prefix.strip("\"'`")
        elif not _IDENTIFIER.fullmatch(prefix):
            continue
        elif value := re.search(rb"\b%b\s*=\s*[\"'`]([^\"'`$]*)[\"'`]" % re.escape(given), source):
            prefix = said(value[1])
        else:
            prefix = f"${{{prefix}}}"
        excluded = _EXCLUDED.search(options)
        without = [said(path) for path in _TEXT.findall(excluded[1])] if excluded else []
        yield Link("global", APPLICATION, prefix, "", " ".join(without))


def _versioned(source: bytes) -> Iterator[Link]:
    """Versions that are part of the address; those in a header are not."""
    for (options,) in (found.groups() for found in _VERSIONED.finditer(source)):
        if b"type:" in options and b"VersioningType.URI" not in options:
            continue
        prefix, default = _PREFIX.search(options), _DEFAULT.search(options)
        own = "/" if prefix and prefix[2] else said(prefix[1]) if prefix else "v"
        yield Link("versioned", APPLICATION, own, "", _listed(default[1]) if default else "")


def _versions(parsed: Parsed) -> Iterator[Link]:
    for found in matches(parsed.grammar, _DECORATORS, parsed.root):
        decorator, given, name = found["decorator"][0], found["given"][0], text_of(found["name"][0])
        if name == "Version":
            yield Link("version", _method(decorator), "", "", _listed(given.text or b""))
        elif name == "Controller" and given.type == "object":
            values = [one for one in given.named_children if field(one, "key") == "version"]
            if values and (value := values[0].child_by_field_name("value")):
                yield Link("version", _class(decorator), "", "", _listed(value.text or b""))


def _listed(versions: bytes) -> str:
    return " ".join(said(version) or NEUTRAL for version, _ in _VERSION.findall(versions))


def _class(decorator: Node) -> str:
    parent = decorator.parent
    return field(parent.child_by_field_name("declaration") or parent, "name") if parent else ""


def _method(decorator: Node) -> str:
    """The method below a decorator, with its class."""
    below, body = decorator.next_named_sibling, decorator.parent
    while below and below.type in {"decorator", "comment"}:
        below = below.next_named_sibling
    owner = body.parent if body else None
    return f"{field(owner, 'name')}.{field(below, 'name')}" if owner and below else ""
