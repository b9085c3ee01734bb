"""The graph, as the picture in the README shows it.

START → accept ─┬─ baseline ───────────────────────────────┐
                └─ analyze → load_skills → scan → consult ─┴→ write ⇄ tools ─┬─ house_rules ─┐
                                                                ↑            ├─ lint ────────┼→ tests → runtime
                                                                │            ├─ build ───────┤             │
                                                                │            └─ database ────┘             │
                                                                │                                          ↓
                                                                └── red, attempts left: the findings ── verdict
                                                                                                           │
                                                   END ← report ←── green, out of attempts, or blocked ────┘
"""

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from backend_developer.contract.state import Input, Output, State
from backend_developer.graph.binding import Node, bind
from backend_developer.graph.options import Options
from backend_developer.graph.provider import Provider
from backend_developer.graph.routing import BEGIN, FIRST_GATES, after_accept, after_tools, after_verdict
from backend_developer.nodes.accept import accept
from backend_developer.nodes.analyze import analyze
from backend_developer.nodes.baseline import baseline
from backend_developer.nodes.consult import consult
from backend_developer.nodes.gates.build import build
from backend_developer.nodes.gates.database import database
from backend_developer.nodes.gates.house_rules import house_rules
from backend_developer.nodes.gates.lint import lint
from backend_developer.nodes.gates.runtime import runtime_gate
from backend_developer.nodes.gates.tests import tests
from backend_developer.nodes.load_skills import load_skills
from backend_developer.nodes.report import report
from backend_developer.nodes.scan import scan
from backend_developer.nodes.verdict import verdict
from backend_developer.nodes.write.act import tools
from backend_developer.nodes.write.turn import write

Graph = CompiledStateGraph[State, Options, Input, Output]

NODES: dict[str, Node] = {
    "accept": accept,
    "baseline": baseline,
    "analyze": analyze,
    "load_skills": load_skills,
    "scan": scan,
    "consult": consult,
    "write": write,
    "tools": tools,
    "house_rules": house_rules,
    "lint": lint,
    "build": build,
    "database": database,
    "tests": tests,
    "runtime": runtime_gate,
    "verdict": verdict,
    "report": report,
}


def build_graph(provider: Provider | None = None) -> Graph:
    """Wire the graph; no checkpointer is compiled in, so that Studio and a parent graph supply theirs.

    `provider` opens what the nodes reach (model, workspace, database); by default one a process and event loop.
    """
    builder: StateGraph[State, Options, Input, Output] = StateGraph(
        State, context_schema=Options, input_schema=Input, output_schema=Output
    )
    for name, node in NODES.items():
        builder.add_node(name, bind(name, node, provider))

    builder.add_edge(START, "accept")
    builder.add_conditional_edges("accept", after_accept, [*BEGIN, "write", *FIRST_GATES, "report", END])

    builder.add_edge("analyze", "load_skills")
    builder.add_edge("load_skills", "scan")
    builder.add_edge("scan", "consult")
    builder.add_edge(["baseline", "consult"], "write")

    builder.add_edge("write", "tools")
    builder.add_conditional_edges("tools", after_tools, ["write", *FIRST_GATES, "report"])

    builder.add_edge(FIRST_GATES, "tests")
    builder.add_edge("tests", "runtime")
    builder.add_edge("runtime", "verdict")
    builder.add_conditional_edges("verdict", after_verdict, ["write", "report"])
    builder.add_edge("report", END)
    return builder.compile(name="backend_developer")
