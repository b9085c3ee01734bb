"""`go.mod`: the name that all packages of a Go module are imported by."""

import re
from functools import cached_property

from backend_developer.workspace.index.fingerprint import Blinder
from backend_developer.workspace.index.languages import tokens
from backend_developer.workspace.index.languages.tree import said
from backend_developer.workspace.index.records import Definition, Extract, Fact, Link

_MODULE = re.compile(rb"^[ \t]*module[ \t]+\"?([^\s\"]+)", re.MULTILINE)


class GoModule:
    """The file that names a module; nothing is defined in it."""

    name = "go.mod"
    suffixes = (".mod",)

    @cached_property
    def blinder(self) -> Blinder:
        """Its words."""
        return tokens.c_like("")

    def extract(self, source: bytes) -> Extract:
        """The name of the module."""
        found = _MODULE.search(source)
        return Extract([], links=[Link("root", said(found[1]))] if found else [])

    def outline(self, source: bytes) -> list[Definition]:
        """None."""
        return []

    def facts(self, source: bytes, definitions: list[Definition]) -> list[Fact]:
        """None."""
        return []

    def bases(self, signature: str) -> list[str]:
        """None."""
        return []

    def is_test(self, path: str) -> bool:
        """Never."""
        return False
