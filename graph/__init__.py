"""Wiring only: the graph, its routing, where its states are kept, and what its nodes reach.

`build_graph` and `Options` are loaded when they are asked for: `backend_developer.graph.model` needs neither.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backend_developer.graph.builder import build_graph
    from backend_developer.graph.options import Options

__all__ = ["Options", "build_graph"]

_PLACES = {"build_graph": "backend_developer.graph.builder", "Options": "backend_developer.graph.options"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from backend_developer.graph.startup import load  # noqa: PLC0415 - a submodule's import does not need it

    return getattr(load(_PLACES[name]), name)
