"""What Studio shows: the picture that is drawn from the compiled graph."""

import re

from backend_developer.graph.builder import NODES, build_graph
from backend_developer.graph.studio import graph
from backend_developer.interfaces.display.view import NODES as SHOWN

FIRST_GATES = ("house_rules", "lint", "build", "database")

ALWAYS = {
    ("__start__", "accept"),
    ("analyze", "load_skills"),
    ("load_skills", "scan"),
    ("scan", "consult"),
    ("consult", "write"),
    ("baseline", "write"),
    ("write", "tools"),
    *((gate, "tests") for gate in FIRST_GATES),
    ("tests", "runtime"),
    ("runtime", "verdict"),
    ("report", "__end__"),
}
CHOSEN = {
    *(("accept", node) for node in ("baseline", "analyze", "write", "report", "__end__", *FIRST_GATES)),
    *(("tools", node) for node in ("write", "report", *FIRST_GATES)),
    ("verdict", "write"),
    ("verdict", "report"),
}
"""Retry with the findings, and return to the orchestrator, among them."""


def test_the_picture_has_the_nodes_and_edges_of_the_design() -> None:
    drawn = graph.get_graph()
    assert set(drawn.nodes) == {"__start__", "__end__", *NODES}
    edges = {(edge.source, edge.target): edge.conditional for edge in drawn.edges}
    assert {ends for ends, conditional in edges.items() if not conditional} == ALWAYS
    assert {ends for ends, conditional in edges.items() if conditional} == CHOSEN


def test_mermaid_draws_the_same() -> None:
    mermaid = graph.get_graph().draw_mermaid()
    for arrow, wanted in (("-->", ALWAYS), ("-.->", CHOSEN)):
        assert set(re.findall(rf"(\w+) {re.escape(arrow)} (\w+);", mermaid)) == wanted


def test_the_live_view_knows_no_node_that_the_graph_lacks() -> None:
    assert set(SHOWN) - {"gates"} <= set(NODES)


def test_the_entry_brings_no_saver_of_its_own() -> None:
    assert graph.checkpointer is None
    assert build_graph().checkpointer is None
