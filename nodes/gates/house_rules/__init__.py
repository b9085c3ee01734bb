"""The gate `house_rules`: size, logging, places and the mandatory consultations, as code."""

from backend_developer.nodes.gates.house_rules.lines import check_project
from backend_developer.nodes.gates.house_rules.node import house_rules

__all__ = ["check_project", "house_rules"]
