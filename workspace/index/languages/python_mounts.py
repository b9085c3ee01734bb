"""What a Python file says of routers: those that FastAPI and Flask take in, and where its names come from."""

import re
from collections.abc import Iterable, Iterator, Mapping

from tree_sitter import Language, Node

from backend_developer.workspace.index.languages.tree import field, matches, said, text_of
from backend_developer.workspace.index.records import Definition, Link

_CALLS = """
(call
  function: (attribute object: (_) @router attribute: (identifier) @verb)
  arguments: (argument_list) @arguments)
"""
_VERBS = {"include_router": "router", "register_blueprint": "blueprint", "mount": "app"}
"""Methods that take a router in, and the name of the parameter that it is."""
_FROM = re.compile(rb"^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]*\)|(?:[^\n\\(]|\\\r?\n)+)", re.MULTILINE)
_IMPORT = re.compile(rb"^[ \t]*import[ \t]+([^\n#]+)", re.MULTILINE)
_COMMENT = re.compile(rb"#[^\n]*")
_ONE = re.compile(r"([\w.]+|\*)(?:\s+as\s+(\w+))?")
_NAME = re.compile(r"\w+(?:\.\w+)*")
_PASSED_ON = re.compile(r"router|blueprint|(?:^|_)(?:bp|api)(?:_|$)|^\*$", re.IGNORECASE)
"""Names of routers that a package may take over from a module within it."""
_CONSTANT = re.compile(
    rb"""^[ \t]*(\w*(?:API|PREFIX|api|prefix)\w*)[ \t]*(?::[^=\n]+)?=[ ]["'](/[^"'\s]*)["']""", re.MULTILINE
)


def links(source: bytes, grammar: Language, root: Node, own: Mapping[str, str]) -> Iterator[Link]:
    """The routers that are taken in, the prefixes that routers have of their own, and names for prefixes."""
    yield from (Link("own", name, prefix) for name, prefix in own.items())
    if b".include_router(" in source or b".register_blueprint(" in source or b".mount(" in source:
        for found in matches(grammar, _CALLS, root):
            if (verb := text_of(found["verb"][0])) in _VERBS:
                yield from _mount(verb, text_of(found["router"][0]), found["arguments"][0])
    if b'= "/' in source or b"= '/" in source:
        yield from (Link("constant", said(name), said(value)) for name, value in _CONSTANT.findall(source))


def names(source: bytes, wanted: Iterable[str]) -> Iterator[Link]:
    """Where those names come from that routes and routers are told by, and routers that are passed on."""
    heads = {name.partition(".")[0] for name in wanted}
    if not heads and not any(sign in source for sign in (b"router", b"lueprint", b" bp", b"import api")):
        return
    for module, listed in _FROM.findall(source):
        for name, known_as in _ONE.findall(said(_COMMENT.sub(b"", listed))):
            here = known_as or name
            if here in heads or _PASSED_ON.search(name) or _PASSED_ON.search(here):
                yield Link("alias", here, "", said(module), name)
    for listed in _IMPORT.findall(source):
        for name, known_as in _ONE.findall(said(listed)):
            here = known_as or name.partition(".")[0]
            if here in heads:
                yield Link("alias", here, "", name if known_as else here)


def wanted(definitions: Iterable[Definition], links: Iterable[Link]) -> set[str]:
    """The names that routes and routers are told by in this file."""
    found = {one.router for one in definitions if one.router}
    for link in links:
        if link.kind in {"mount", "placed"}:
            found.update((link.name,) if link.module else (link.name, link.target))
    return found


def _mount(verb: str, router: str, arguments: Node) -> Iterator[Link]:
    given = [one for one in arguments.named_children if one.type not in {"comment", "keyword_argument"}]
    named = {field(one, "name"): one.child_by_field_name("value") for one in arguments.named_children}
    target = text_of(named.get(_VERBS[verb]) or next((one for one in given[verb == "mount" :]), None))
    at = given[0] if verb == "mount" and given else named.get("url_prefix") or named.get("prefix")
    prefix = _prefix(at) if at else ""
    if prefix is not None and _NAME.fullmatch(target) and _NAME.fullmatch(router):
        yield Link("placed" if "url_prefix" in named else "mount", router, prefix, "", target)


def _prefix(value: Node) -> str | None:
    """A prefix as a text, with constants in it by their name; None for all else."""
    text = text_of(value)
    if _NAME.fullmatch(text):
        return f"${{{text}}}" if text != "None" else ""
    if value.type != "string":
        return None
    content = text.lstrip("rRuUfF").strip("\"'")
    if "f" not in text[:2].casefold():
        return content
    return re.sub(r"\{([\w.]+)\}", r"${\1}", content)
