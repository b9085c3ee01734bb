"""What the project already has: definitions, routes, models, conventions, near-copies."""

from backend_developer.workspace.index.index import CodeIndex
from backend_developer.workspace.index.records import Conventions, Hit, LongFile, Model, Pair, Place, Route, Wanted

__all__ = ["CodeIndex", "Conventions", "Hit", "LongFile", "Model", "Pair", "Place", "Route", "Wanted"]
