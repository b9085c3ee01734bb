"""Schema migrations of a project: what kinds there are, and how they are applied to a real PostgreSQL."""
