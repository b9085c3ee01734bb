"""Whether PostgreSQL's refusal of an extension is the fault of a migration or of the server it was tried on.

Sources of facts: the contrib modules of PostgreSQL 18 and of those before it, and the extensions that hosted PostgreSQL
offers; a name that nobody knows is taken for misspelt.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from backend_developer.workspace.postgres.connect import SCRATCH_SETTING

logger = logging.getLogger(__name__)

WAY_OUT = (
    f"install a PostgreSQL that has it on this machine, name a server that has it in {SCRATCH_SETTING}, or apply it to "
    "a PostgreSQL that has it before it is released"
)
_REFUSED = re.compile(
    r'(?:\b(?P<function>\w+)\(\) of )?\bextension \\?"(?P<name>[\w-]+)\\?" '
    r"(?P<why>is not available|has no (?:installation script|update path))"
    r'|permission denied to create extension \\?"(?P<denied>[\w-]+)\\?"'
    r'|could not open extension control file \\?"[^"]*?/(?P<missing>[\w-]+)\.control\\?"'
)
"""The last is how PostgreSQL 13 says that one is not available."""
_CONTRIB = (
    "adminpack", "amcheck", "autoinc", "bloom", "bool_plperl", "bool_plperlu", "btree_gin", "btree_gist", "chkpass",
    "citext", "cube", "dblink", "dict_int", "dict_xsyn", "earthdistance", "file_fdw", "fuzzystrmatch", "hstore",
    "hstore_plperl", "hstore_plperlu", "hstore_plpython3u", "insert_username", "intagg", "intarray", "isn",
    "jsonb_plperl", "jsonb_plperlu", "jsonb_plpython3u", "lo", "ltree", "ltree_plpython3u", "moddatetime",
    "old_snapshot", "pageinspect", "pg_buffercache", "pg_freespacemap", "pg_logicalinspect", "pg_prewarm",
    "pg_stat_statements", "pg_surgery", "pg_trgm", "pg_visibility", "pg_walinspect", "pgcrypto", "pgrowlocks",
    "pgstattuple", "plperl", "plperlu", "plpgsql", "plpython3u", "pltcl", "pltclu", "postgres_fdw", "refint", "seg",
    "sslinfo", "tablefunc", "tcn", "timetravel", "tsearch2", "tsm_system_rows", "tsm_system_time", "unaccent",
    "uuid-ossp", "xml2",
)  # fmt: skip
_OTHERS = (
    "address_standardizer", "address_standardizer_data_us", "age", "ai", "anon", "aws_commons", "aws_lambda",
    "aws_s3", "azure_ai", "azure_storage", "citus", "citus_columnar", "documentdb", "emaj", "embedding", "h3",
    "h3_postgis", "hll", "http", "hypopg", "index_advisor", "ip4r", "jsquery", "lantern", "mobilitydb", "mongo_fdw",
    "multicorn", "mysql_fdw", "neon", "ogr_fdw", "oracle_fdw", "orafce", "pg_background", "pg_bigm", "pg_bulkload",
    "pg_cron", "pg_dirtyread", "pg_duckdb", "pg_graphql", "pg_hashids", "pg_hint_plan", "pg_idkit", "pg_ivm",
    "pg_jsonschema", "pg_net", "pg_partman", "pg_qualstats", "pg_repack", "pg_roaringbitmap", "pg_search",
    "pg_similarity", "pg_squeeze", "pg_stat_kcache", "pg_stat_monitor", "pg_tle", "pg_uuidv7", "pg_wait_sampling",
    "pgagent", "pgaudit", "pgjwt", "pglogical", "pgml", "pgmp", "pgmq", "pgq", "pgroonga", "pgrouting", "pgsodium",
    "pgsphere", "pgtap", "pgx_ulid", "pldbgapi", "pllua", "plpgsql_check", "plprofiler", "plproxy", "plr", "plrust",
    "plv8", "pointcloud", "pointcloud_postgis", "postgis", "postgis_raster", "postgis_sfcgal",
    "postgis_tiger_geocoder", "postgis_topology", "powa", "prefix", "q3c", "rdkit", "redis_fdw", "rum", "semver",
    "set_user", "sqlite_fdw", "supabase_vault", "tdigest", "tds_fdw", "temporal_tables", "timescaledb",
    "timescaledb_toolkit", "topn", "ulid", "unit", "vchord", "vector", "vectorize", "vectorscale", "wrappers",
    "zombodb",
)  # fmt: skip
KNOWN = frozenset((*_CONTRIB, *_OTHERS))


T = TypeVar("T")

WithExtensions = Callable[[Collection[str]], Awaitable[bool]]
"""Whether databases from now on have these extensions."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """PostgreSQL's refusal of an extension, or of what its stand-in cannot do."""

    name: str
    """Of the extension."""
    told: str
    """What the server lacks."""
    end: int
    """Where it ends in the text that it was found in."""
    function: str | None = None
    """Which one its stand-in cannot do."""

    @property
    def why(self) -> str:
        """Why nothing is proven on this server, and what to do about it."""
        return f"the PostgreSQL for projects under test is no proof here, since {self.told}: {WAY_OUT}"


async def tried_until_had(
    with_extensions: WithExtensions, attempt: Callable[[], Awaitable[T]], lacking: Callable[[T], Collection[str]]
) -> T:
    """What an attempt comes to: made once more where it lacked extensions and another PostgreSQL has them.

    `lacking` names those that an attempt was refused.
    """
    came_to, tried = await attempt(), set[str]()
    while (names := set(lacking(came_to)) - tried) and await with_extensions(names):
        tried |= names
        came_to = await attempt()
    return came_to


def refusals(text: str) -> list[Refusal]:
    """All refusals of known extensions in a text."""
    return [_refusal(match) for match in _REFUSED.finditer(text) if _name(match) in KNOWN]


def why_unproven(text: str) -> str | None:
    """Why nothing is proven, where PostgreSQL's words in a text say that the server lacks what a known extension has.

    None where they do not, or the extension is not known.
    """
    found = refusals(text)
    if not found:
        return None
    logger.info("extension=%s told=%s", found[0].name, found[0].told)
    return found[0].why


def why_unknown(text: str) -> str | None:
    """What is to be said of an extension that is refused and that nobody knows; None where there is none."""
    name = next((name for match in _REFUSED.finditer(text) if (name := _name(match)) not in KNOWN), None)
    if name is None:
        return None
    close = get_close_matches(name.lower(), sorted(KNOWN), n=1)
    return f"no extension {name} is known" + (f", {close[0]} is" if close else "")


def _name(match: re.Match[str]) -> str:
    return match["name"] or match["denied"] or match["missing"]


def _refusal(match: re.Match[str]) -> Refusal:
    name, function = _name(match), match["function"]
    if function:
        told = f"its stand-in for the extension {name} cannot do {function}()"
    elif match["denied"]:
        told = f"its user may not create the extension {name}"
    elif match["missing"] or match["why"] == "is not available":
        told = f"it lacks the extension {name}"
    else:
        told = f"it lacks the wanted version of the extension {name}"
    return Refusal(name, told, match.end(), function)
