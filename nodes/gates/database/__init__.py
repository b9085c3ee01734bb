"""The gate `database`: what the change does to the schema, on a real PostgreSQL."""

from backend_developer.nodes.gates.database.node import database

__all__ = ["database"]
