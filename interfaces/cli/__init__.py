"""The command line: `backend-developer`."""

from backend_developer.interfaces.cli.app import main

__all__ = ["main"]
