"""How projects of each kind are recognised, linted, built, tested and started."""

from backend_developer.workspace.toolchains.registry import find_packages, toolchains_for

__all__ = ["find_packages", "toolchains_for"]
