"""Suffix to the analyser of that language: the one place to add a language to the rule on logging."""

from collections.abc import Mapping
from posixpath import splitext

from backend_developer.nodes.gates.house_rules.languages import python
from backend_developer.nodes.gates.house_rules.languages.csharp import CSHARP
from backend_developer.nodes.gates.house_rules.languages.function import Function, IsOld, none_is_old
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


def functions_of(path: str, text: str, is_old: IsOld = none_is_old) -> list[Function]:
    """The functions of a source file, outer before inner, without those that are old and what stands in them.

    A function inside one that is not old is never left out: it may be what logs for the one around it.
    None where the language has no analyser, or where the text does not parse: the gates lint and build name that.
    """
    suffix = splitext(path)[1]
    if suffix == ".py":
        return python.functions(text, is_old)
    dialect = _DIALECTS.get(suffix)
    return functions(dialect, suffix, text, is_old) if dialect else []
