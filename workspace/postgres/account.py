"""Whom an embedded PostgreSQL runs as, and what that account can reach."""

import logging
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from backend_developer.contract import NoDatabase

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Account:
    """The system user that the server runs as; PostgreSQL refuses to run as root."""

    uid: int
    gid: int
    name: str


def account_for(data: Path) -> Account | None:
    """Who runs the server on a data folder: its owner; None for ourselves, unless we are root. Raises `NoDatabase`."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (uid := data.stat().st_uid) != 0:
        return _account_of(pwd.getpwuid(uid))
    for name in ("postgres", "pgserver", "nobody"):
        try:
            return _account_of(pwd.getpwnam(name))
        except KeyError:
            continue
    raise NoDatabase(
        "PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as.",
        "Add a system user named postgres, or set DATABASE_URL to a PostgreSQL server.",
        source="postgres",
    )


def reachable(path: Path, account: Account) -> bool:
    """Whether the mode of this folder and of each above it lets the account pass."""
    path = path.resolve()
    return all(_passes(folder.stat(), account) for folder in (path, *path.parents))


def _passes(info: os.stat_result, account: Account) -> bool:
    if info.st_uid == account.uid:
        return bool(info.st_mode & stat.S_IXUSR)
    if info.st_gid == account.gid:
        return bool(info.st_mode & stat.S_IXGRP)
    return bool(info.st_mode & stat.S_IXOTH)


def open_tree(root: Path) -> None:
    """Let everybody read what is in a folder."""
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


def _account_of(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
