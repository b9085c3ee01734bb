"""What the index must know of a language: one file each, listed in the table of `languages/__init__.py`."""

from typing import Protocol

from backend_developer.workspace.index.fingerprint import Blinder
from backend_developer.workspace.index.records import Definition, Extract, Fact


class Language(Protocol):
    """One programming language."""

    @property
    def name(self) -> str:
        """As the index stores it: `python`."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of its files, with the dot."""
        ...

    @property
    def blinder(self) -> Blinder:
        """Its tokens, for fingerprints."""
        ...

    def extract(self, source: bytes) -> Extract:
        """All definitions of one file in UTF-8, in the order of the file.

        Never raises for what the file holds: what does not parse is told by `broken`.
        """
        ...

    def outline(self, source: bytes) -> list[Definition]:
        """The definitions alone, for files of which nothing else is stored; may be much quicker."""
        ...

    def facts(self, source: bytes, definitions: list[Definition]) -> list[Fact]:
        """Lines that show the project's conventions, given what `extract` found."""
        ...

    def bases(self, signature: str) -> list[str]:
        """Simple names of what a class inherits from, read from its signature."""
        ...

    def is_test(self, path: str) -> bool:
        """Whether a path is a test by the language's conventions; tests are not offered for reuse."""
        ...
