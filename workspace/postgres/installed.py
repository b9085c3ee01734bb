"""PostgreSQL as it is installed on this machine: for projects under test that want an extension the embedded one lacks.

Only its programs are used, on a data folder of ours: a server that runs from them already is never asked.
Sources of the places: the packages of Debian and PostgreSQL's own for Red Hat, Homebrew, Postgres.app, and the default
of a build from source.
"""

import glob
import hashlib
import logging
import os
import re
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

logger = logging.getLogger(__name__)

OLDEST = 13
"""The first that can drop a database with somebody in it."""
_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
)
_PROGRAMS = ("postgres", "initdb", "pg_config")
_ANSWER_S = 5.0
_VERSION = re.compile(r"PostgreSQL ((\d+)\S*)")


@dataclass(frozen=True, slots=True)
class Installation:
    """The programs of one version."""

    programs: Path
    """The folder of `postgres` and `initdb`."""
    version: str
    """As it tells it: `15.18`."""
    major: int
    extensions: frozenset[str]

    @property
    def mark(self) -> str:
        """What tells its data folder from those of others."""
        return f"{self.major}-{hashlib.sha256(str(self.programs).encode()).hexdigest()[:6]}"


def installation_with(names: Collection[str]) -> Installation | None:
    """The newest that has all of these extensions. Blocks: each is asked for its version."""
    have = [one for one in installations() if one.extensions.issuperset(names)]
    logger.info("extensions=%s found=%s", sorted(names), [str(one.programs) for one in have])
    return max(have, key=lambda one: one.major, default=None)


def installations() -> Iterator[Installation]:
    """All that are whole and not too old, in the order of PATH and then of the usual places. Blocks."""
    named = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder]
    usual = [folder for place in _PLACES for folder in sorted(glob.glob(place))]  # noqa: PTH207 - the places are absolute
    for folder in dict.fromkeys(Path(one).resolve() for one in (*named, *usual)):
        found = _read(folder) if all((folder / program).is_file() for program in _PROGRAMS) else None
        if found and found.major >= OLDEST:
            yield found


def _read(folder: Path) -> Installation | None:
    try:
        told = subprocess.run(  # noqa: TID251 - the executor serves a workspace; this looks at the machine
            [str(folder / "pg_config"), "--version", "--sharedir"],
            check=True,
            capture_output=True,
            text=True,
            timeout=_ANSWER_S,
            cwd="/",
        ).stdout.splitlines()
    except (subprocess.SubprocessError, OSError) as error:
        logger.warning("the PostgreSQL in %s is passed over: %s", folder, error)
        return None
    version = _VERSION.match(told[0]) if len(told) > 1 else None
    if version is None:
        logger.warning("the PostgreSQL in %s is passed over: it tells no version", folder)
        return None
    controls = (Path(told[1]) / "extension").glob("*.control")
    return Installation(folder, version[1], int(version[2]), frozenset(one.stem for one in controls))
