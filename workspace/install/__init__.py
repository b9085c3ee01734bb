"""The install step: what a project depends on and has not got, fetched before any gate runs."""

from backend_developer.workspace.install.failure import InstallFailure
from backend_developer.workspace.install.installer import Installer, downloads_in

__all__ = ["InstallFailure", "Installer", "downloads_in"]
