"""Suffix to the analyser of that language: the one place to add a language to the rule on logging."""

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from backend_developer.nodes.gates.house_rules.languages import python
from backend_developer.nodes.gates.house_rules.languages.csharp import CSHARP
from backend_developer.nodes.gates.house_rules.languages.function import Function
from backend_developer.nodes.gates.house_rules.languages.go import GO
from backend_developer.nodes.gates.house_rules.languages.javascript import JAVASCRIPT
from backend_developer.nodes.gates.house_rules.languages.rust import RUST
from backend_developer.nodes.gates.house_rules.languages.tree import Dialect, functions

_DIALECTS: Mapping[str, Dialect] = {
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"), JAVASCRIPT),
    ".go": GO,
    ".rs": RUST,
    ".cs": CSHARP,
}


def functions_of(path: str, text: str) -> list[Function]:
    """The functions of a source file, outer before inner.

    None where its language has no analyser, or where the text does not parse: the gates lint and build name that.
    """
    suffix = PurePosixPath(path).suffix
    analyser: Callable[[str], list[Function]] | None = python.functions if suffix == ".py" else None
    if analyser:
        return analyser(text)
    dialect = _DIALECTS.get(suffix)
    return functions(dialect, suffix, text) if dialect else []
