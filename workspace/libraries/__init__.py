"""What is known of the libraries that a project has installed: read from disk, never imported or run."""

from backend_developer.workspace.libraries.catalogue import Libraries

__all__ = ["Libraries"]
