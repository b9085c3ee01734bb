"""Suffix to the analyser of that language: the one place to add a language to the rule on logging."""

from collections.abc import Mapping
from posixpath import splitext

from backend_developer.nodes.gates.house_rules.languages import python
from backend_developer.nodes.gates.house_rules.languages.csharp import CSHARP
from backend_developer.nodes.gates.house_rules.languages.function import Function, IsOld
from backend_developer.nodes.gates.house_rules.languages.go import GO
from backend_developer.nodes.gates.house_rules.languages.javascript import JAVASCRIPT
from backend_developer.nodes.gates.house_rules.languages.rust import RUST
from backend_developer.nodes.gates.house_rules.languages.tree import Dialect
from backend_developer.nodes.gates.house_rules.languages.tree_functions import functions

_DIALECTS: Mapping[str, Dialect] = {
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"), JAVASCRIPT),
    ".go": GO,
    ".rs": RUST,
    ".cs": CSHARP,
}


def functions_of(path: str, text: str) -> list[Function]:
    """The functions of a source file, outer before inner.

    None where the language has no analyser, or where the text does not parse: the gates lint and build name that.
    """
    return _functions(path, text, None)


def doubtful_of(path: str, text: str, is_old: IsOld) -> list[Function]:
    """The same, but only those that may be silent.

    Left out are functions that are old or that are seen to log with the prefix, each with what stands in it. One inside
    another that is neither is never left out: it may be what logs for the one around it.
    """
    return _functions(path, text, is_old)


def _functions(path: str, text: str, is_old: IsOld | None) -> list[Function]:
    suffix = splitext(path)[1]
    if suffix == ".py":
        return python.functions(text, is_old)
    dialect = _DIALECTS.get(suffix)
    return functions(dialect, suffix, text, is_old) if dialect else []
