"""Suffix to the analyser of that language: the one place to add a language to the rule on logging."""

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from backend_developer.nodes.gates.house_rules import python
from backend_developer.nodes.gates.house_rules.function import Function

ANALYSERS: Mapping[str, Callable[[str], list[Function]]] = {".py": python.functions}


def functions_of(path: str, text: str) -> list[Function]:
    """The functions of a source file, outer before inner.

    None where its language has no analyser, or where the text does not parse: the gates lint and build name that.
    """
    analyser = ANALYSERS.get(PurePosixPath(path).suffix)
    return analyser(text) if analyser else []
