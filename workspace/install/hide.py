"""Keeps what was installed out of git's sight where the project has forgotten to."""

import logging
from pathlib import Path

from backend_developer.workspace.ignore import IgnoreRules

logger = logging.getLogger(__name__)

_ALL = "*\n"


def hide_from_git(root: Path, folder: Path) -> None:
    """Put a .gitignore into an installed folder that no rule of the project's names, as uv and virtualenv do.

    The project's own .gitignore is the user's. A link is left alone: it may lead anywhere.
    """
    if folder.is_symlink() or not folder.is_dir() or is_ignored(root, folder):
        return
    own = folder / ".gitignore"
    if not own.exists() and not own.is_symlink():
        own.write_text(_ALL, encoding="utf-8")
        logger.info("%s is not ignored by git: it hides itself now", folder)


def is_ignored(root: Path, folder: Path) -> bool:
    """Whether the project's rules name the folder or one above it."""
    rules = IgnoreRules(root)
    parts = folder.relative_to(root).parts
    for depth in range(len(parts)):
        rules.load("/".join(parts[:depth]))
        if rules.ignored("/".join(parts[: depth + 1]), is_folder=True):
            return True
    return False
