"""The entry of LangGraph Studio and the Agent Server; `langgraph.json` names it as a module."""

from backend_developer.graph.builder import build_graph

graph = build_graph()
