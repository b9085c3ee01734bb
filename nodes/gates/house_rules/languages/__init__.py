"""Suffix to the analyser of that language: the one place to add a language to the rule on logging."""

from collections.abc import Callable, Mapping
from posixpath import splitext

from backend_developer.nodes.gates.house_rules.languages import braces, indents, python
from backend_developer.nodes.gates.house_rules.languages.csharp import CSHARP
from backend_developer.nodes.gates.house_rules.languages.function import Function, IsOld
from backend_developer.nodes.gates.house_rules.languages.go import GO
from backend_developer.nodes.gates.house_rules.languages.javascript import JAVASCRIPT
from backend_developer.nodes.gates.house_rules.languages.reading import Reading, Stood
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
    return _functions(path, Reading(text), None)


def silent_of(
    path: str, text: str, *, stood_here: Stood, is_old: IsOld, is_silent: Callable[[Function], bool]
) -> list[Function]:
    """Those of the functions that are silent and not old. `stood_here` looks for lines in the former file alone.

    A function that is old or is seen to log with the prefix is not looked at, nor is what stands in it. One inside
    another that is neither is never left out: it may be what logs for the one around it.
    """
    short = _shorten(path, text, stood_here)
    if short and not any(map(is_silent, _functions(path, short, is_old))) and short.is_settled:
        return []
    return [one for one in _functions(path, Reading(text), is_old) if is_silent(one)]


def _functions(path: str, reading: Reading, is_old: IsOld | None) -> list[Function]:
    suffix = splitext(path)[1]
    if suffix == ".py":
        return python.functions(reading, is_old)
    dialect = _DIALECTS.get(suffix)
    return functions(dialect, suffix, reading, is_old) if dialect else []


def _shorten(path: str, text: str, stood_here: Stood) -> Reading | None:
    suffix = splitext(path)[1]
    if suffix == ".py":
        return indents.shorten(text, stood_here)
    dialect = _DIALECTS.get(suffix)
    return braces.shorten(text, dialect.quote, stood_here) if dialect else None
