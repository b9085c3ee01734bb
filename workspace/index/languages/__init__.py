"""The languages whose definitions are understood; every other source file is indexed as text."""

from backend_developer.workspace.index.languages.base import Language
from backend_developer.workspace.index.languages.csharp import CSharp
from backend_developer.workspace.index.languages.go import Go
from backend_developer.workspace.index.languages.go_module import GoModule
from backend_developer.workspace.index.languages.javascript import JavaScript, TypeScript
from backend_developer.workspace.index.languages.python import Python
from backend_developer.workspace.index.languages.rust import Rust
from backend_developer.workspace.index.languages.sql import Sql

LANGUAGES: tuple[Language, ...] = (Python(), JavaScript(), TypeScript(), Go(), Rust(), CSharp(), Sql())
"""To add a language: one file with its `Language`, one entry here. A grammar is loaded with its first file."""

NAMING: tuple[Language, ...] = (GoModule(),)
"""Files that define nothing, and say what the names of modules mean."""

_BY_SUFFIX: dict[str, Language] = {one: language for language in (*LANGUAGES, *NAMING) for one in language.suffixes}

BY_NAME: dict[str, Language] = {language.name: language for language in LANGUAGES}

_TEXT = """
.c .cc .clj .cpp .dart .ex .exs .graphql .h .hpp .java .kt .lua .php .pl .proto .ps1 .rb .scala .sh .swift .tf .vue
"""

TEXT_SUFFIXES: frozenset[str] = frozenset(_TEXT.split())
"""Source files that are indexed as text: their language has no entry."""

SUFFIXES: frozenset[str] = TEXT_SUFFIXES | _BY_SUFFIX.keys()


def language_of(suffix: str) -> Language | None:
    """The language of files with this suffix; None where they are text to us."""
    return _BY_SUFFIX.get(suffix)
