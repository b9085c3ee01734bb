"""Starting a service of the project for real, asking it, reading its log and stopping it."""

from backend_developer.workspace.services.checks import Check, parse_checks
from backend_developer.workspace.services.choice import choose_service
from backend_developer.workspace.services.playback import Answer, Playback
from backend_developer.workspace.services.prober import Stage, play, probe

__all__ = ["Answer", "Check", "Playback", "Stage", "choose_service", "parse_checks", "play", "probe"]
