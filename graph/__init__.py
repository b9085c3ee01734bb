"""Wiring only: the graph, its routing, where its states are kept, and what its nodes reach."""
