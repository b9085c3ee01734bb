"""Extensions that the embedded server lacks, stood in for by SQL, so that migrations that want them can be applied.

The control files and scripts are in `share/extension`. They are found by `extension_control_path` (PostgreSQL 18), on
the server for databases of projects under test alone. Where the server has the extension itself, that one is taken.
"""

import logging
import shutil
from collections.abc import Mapping
from pathlib import Path

from psycopg import AsyncConnection, Error

from backend_developer.workspace.postgres.connect import CONNECT_S, describe

logger = logging.getLogger(__name__)

STAND_INS: Mapping[str, str] = {
    "citext": "compared and sorted by lower() in the default collation",
    "pgcrypto": "gen_random_uuid, gen_random_bytes, digest and hmac; crypt, gen_salt, encrypt, pgp_* and armor refuse",
    "uuid-ossp": "uuid_generate_v1 takes a random node for the address of the network card",
}
"""Each with what is to be known of it."""

_SHARE = Path(__file__).with_name("share")
_USED = """
SELECT e.extname FROM pg_extension e WHERE e.extname = ANY(%s) AND NOT EXISTS (
  SELECT FROM pg_depend d
  JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
  JOIN pg_language l ON l.oid = p.prolang
  WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e' AND l.lanname = 'c'
) ORDER BY e.extname
"""
"""The extensions proper are all written in C; ours hold none."""


def lay_out(folder: Path) -> None:
    """Copy them there: the package's own folder may be closed to the account that the server runs as."""
    shutil.copytree(_SHARE, folder, copy_function=shutil.copyfile, dirs_exist_ok=True)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


async def used_stand_ins(url: str) -> dict[str, str]:
    """Those that a database uses, as evidence; none where it cannot be asked any more, which is no verdict."""
    try:
        async with await AsyncConnection.connect(url, autocommit=True, connect_timeout=CONNECT_S) as connection:
            rows = await (await connection.execute(_USED, (list(STAND_INS),))).fetchall()
    except Error as error:
        logger.warning("stand-ins unknown where=%s error=%s", describe(url), type(error).__name__)
        return {}
    names = [str(name) for (name,) in rows]
    logger.info("stand_ins=%s", names)
    return {name: STAND_INS[name] for name in names}
