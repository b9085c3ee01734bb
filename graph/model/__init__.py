"""The model: who answers, over which transport, and what is recorded of it."""

from backend_developer.graph.model.chat import OpenModel
from backend_developer.graph.model.opening import open_model

__all__ = ["OpenModel", "open_model"]
