from typing import Any

import pytest
from langgraph.graph import END

from backend_developer.graph.routing import BEGIN, FIRST_GATES, after_accept, after_tools, after_verdict
from tests.support.gate_states import DONE, finding, gates

STOP: dict[str, Any] = {"blocked": {"lint": {}}}


@pytest.mark.parametrize(
    ("state", "next_nodes"),
    [
        ({"resume_at": "start"}, BEGIN),
        ({"resume_at": "write"}, ["write"]),
        ({"resume_at": "gates"}, FIRST_GATES),
        ({"resume_at": "end"}, [END]),
        (STOP, ["report"]),
    ],
)
async def test_after_accept(state: Any, next_nodes: list[str]) -> None:
    assert await after_accept(state) == next_nodes


@pytest.mark.parametrize(
    ("state", "next_nodes"),
    [
        ({"finish": {}}, ["write"]),
        ({}, ["write"]),
        ({"finish": DONE}, FIRST_GATES),
        ({"finish": {"ended": "why"}}, FIRST_GATES),
        (STOP, ["report"]),
    ],
)
async def test_after_tools(state: Any, next_nodes: list[str]) -> None:
    assert await after_tools(state) == next_nodes


@pytest.mark.parametrize(
    ("state", "next_node"),
    [
        ({"attempt": 1, "finish": DONE, "gates": gates()}, "report"),
        ({"attempt": 2, "finish": {}, "gates": gates(lint=[finding()])}, "write"),
        ({"attempt": 3, "finish": DONE, "gates": gates(3, lint=[finding()])}, "report"),
        ({"attempt": 1, "finish": DONE, "gates": {}, **STOP}, "report"),
    ],
)
async def test_after_verdict(state: Any, next_node: str) -> None:
    assert await after_verdict(state) == next_node
