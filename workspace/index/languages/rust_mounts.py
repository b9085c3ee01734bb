"""What a Rust file says of routers: which take each other in, and where their names come from."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from backend_developer.workspace.index.languages import rust_names
from backend_developer.workspace.index.languages.bindings import Router
from backend_developer.workspace.index.languages.rust_names import dotted
from backend_developer.workspace.index.languages.rust_variables import Taking, Variables
from backend_developer.workspace.index.languages.tree import Parsed, text_of, unquoted
from backend_developer.workspace.index.records import Definition, Link

_TAKERS = frozenset({"nest", "merge", "service", "nest_service", "configure", "mount"})
_HEAD = re.compile(r"\w+")
_LISTED = re.compile(r"\w+(?:::\w+)*")


class Mounts:
    """The routers of one file that has any."""

    def __init__(self, parsed: Parsed) -> None:
        self._parsed = parsed
        self._variables = Variables(parsed)

    def router(self, url: Node) -> Router | None:
        """The router that a route hangs on, by its address in the call; None for one of the file's tests."""
        place = url.start_byte
        return None if self._variables.in_tests(place) else self._variables.at(place)

    def links(self, routes: list[Definition]) -> list[Link]:
        """What the file says of routers, given its routes."""
        told = self._variables
        links = [link for taking in told.takings if taking.verb in _TAKERS for link in self._taken(taking)]
        links += [Link("mount", by.name, by.prefix, "", f"{name}#{number}") for by, name, number in told.handings]
        links += [Link("mount", router.name, router.prefix, "", name) for router, name in told.made_of]
        links += [Link("alias", router.name, "", "", name) for router, name in told.results]
        names = {name for link in links for name in (link.name, link.target)} | {one.router for one in routes}
        heads = {head[0] for name in names if (head := _HEAD.match(name))}
        made = {head[0] for one in routes if (head := _HEAD.match(one.router))}
        links += [*rust_names.imported(self._parsed, heads), *(Link("own", name) for name in sorted(made))]
        return list(dict.fromkeys(links))

    def _taken(self, taking: Taking) -> Iterator[Link]:
        given, by, prefix = taking.given, taking.by, ""
        if not given or self._variables.in_tests(given[0].start_byte):
            return
        if len(given) > 1 and given[0].type == "string_literal":
            prefix, given = unquoted(text_of(given[0])), given[1:]
        elif len(given) > 1:
            return
        suffix = "#0" if taking.verb == "configure" else ""
        for name in self._targets(given[0]):
            yield Link("mount", by.name, by.below(prefix).prefix, "", f"{name}{suffix}")

    def _targets(self, given: Node) -> Iterator[str]:
        """The names of what is taken in."""
        if given.type == "tuple_expression":
            for one in given.named_children:
                yield from self._targets(one)
        elif given.type == "scoped_identifier":
            yield dotted(text_of(given))
        elif given.type == "macro_invocation" and text_of(given).startswith("routes!"):
            yield from (dotted(path) for path in _LISTED.findall(text_of(given).partition("!")[2]))
        else:
            base = self._variables.base(given)
            if base.router:
                yield base.router.name
            elif base.called:
                yield f"{base.called}()"


def passed_on(parsed: Parsed) -> list[Link]:
    """What a file without routers passes on from others."""
    return list(rust_names.imported(parsed, set()))
