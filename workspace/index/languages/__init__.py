"""The languages whose definitions are understood; every other source file is indexed as text."""

from backend_developer.workspace.index.languages.base import Language
from backend_developer.workspace.index.languages.python import Python

LANGUAGES: tuple[Language, ...] = (Python(),)
"""To add a language: one file with its `Language`, one entry here."""

_BY_SUFFIX: dict[str, Language] = {suffix: language for language in LANGUAGES for suffix in language.suffixes}

BY_NAME: dict[str, Language] = {language.name: language for language in LANGUAGES}

_TEXT = """
.c .cc .cjs .clj .cpp .cs .cts .dart .ex .exs .go .graphql .h .hpp .java .js .jsx .kt .lua .mjs .mts .php .pl
.proto .ps1 .rb .rs .scala .sh .sql .swift .tf .ts .tsx .vue
"""

TEXT_SUFFIXES: frozenset[str] = frozenset(_TEXT.split())
"""Source files that are indexed as text until their language has an entry."""

SUFFIXES: frozenset[str] = TEXT_SUFFIXES | _BY_SUFFIX.keys()


def language_of(suffix: str) -> Language | None:
    """The language of files with this suffix; None where they are text to us."""
    return _BY_SUFFIX.get(suffix)
