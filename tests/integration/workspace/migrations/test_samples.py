"""Sample rows for the tables that schemas really have, on a real PostgreSQL."""

from pathlib import Path

import psycopg
import pytest

from backend_developer.workspace.migrations.samples import fill_tables
from tests.support.postgres import fresh_database

KEY = "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
SCHEMAS = {
    "a moment that is required": (
        f"CREATE TABLE t ({KEY}, at timestamptz NOT NULL, day date NOT NULL, hour time NOT NULL)"
    ),
    "a generated column": (
        "CREATE TABLE t (id bigint PRIMARY KEY, a int NOT NULL, b int GENERATED ALWAYS AS (a * 2) STORED)"
    ),
    "a partition of a range": (
        "CREATE TABLE t (id bigint, at timestamptz, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"
        "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2024-06-01');"
        "CREATE TABLE t2 PARTITION OF t FOR VALUES FROM ('2024-06-01') TO ('2025-01-01')"
    ),
    "a partition of a list": (
        "CREATE TABLE t (id bigint, region text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);"
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN ('eu', 'us')"
    ),
    "a partition of a hash": (
        "CREATE TABLE t (id bigint PRIMARY KEY) PARTITION BY HASH (id);"
        "CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0)"
    ),
    "rows that point to their own table": f"CREATE TABLE t ({KEY}, parent bigint REFERENCES t (id))",
    "rows that must point to their own table": (
        "CREATE TABLE t (id bigint PRIMARY KEY, parent bigint NOT NULL REFERENCES t)"
    ),
    "and whose key is made by the server": f"CREATE TABLE t ({KEY}, parent bigint NOT NULL REFERENCES t (id))",
    "keys of several columns": (
        "CREATE TABLE o (a int, b int, PRIMARY KEY (a, b));"
        "CREATE TABLE t (id bigint PRIMARY KEY, a int NOT NULL, b int NOT NULL, FOREIGN KEY (a, b) REFERENCES o)"
    ),
    "a domain with a check": (
        "CREATE DOMAIN email AS text NOT NULL CHECK (VALUE ~ '^[^@]+@[^@]+$');"
        "CREATE DOMAIN age AS integer CHECK (VALUE >= 50); CREATE TABLE t (id bigint PRIMARY KEY, e email, a age)"
    ),
    "arrays": "CREATE TABLE t (id bigint PRIMARY KEY, tags text[] NOT NULL CHECK (array_length(tags, 1) > 0))",
    "jsonb with a key": "CREATE TABLE t (id bigint PRIMARY KEY, j jsonb NOT NULL CHECK (j ? 'kind'))",
    "a jsonb array": "CREATE TABLE t (id bigint PRIMARY KEY, j jsonb NOT NULL CHECK (jsonb_typeof(j) = 'array'))",
    "an order of two columns": (
        "CREATE TABLE t (id bigint PRIMARY KEY, a date NOT NULL, b date NOT NULL, CHECK (b > a))"
    ),
    "an order the other way": "CREATE TABLE t (id bigint PRIMARY KEY, b int NOT NULL, a int NOT NULL, CHECK (b > a))",
    "rows that are there already": (
        "CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL UNIQUE); INSERT INTO t VALUES (1, 'sample0'), (2, 'b')"
    ),
    "ranges that may not meet": (
        "CREATE TABLE t (id bigint PRIMARY KEY, r int4range NOT NULL, EXCLUDE USING gist (r WITH &&))"
    ),
    "types that are seldom": (
        "CREATE TABLE t (id uuid PRIMARY KEY, b bit(3) NOT NULL, p point NOT NULL, v vector(3) NOT NULL)"
    ),
}


@pytest.mark.parametrize("name", SCHEMAS)
async def test_every_table_gets_its_rows(state_dir: Path, name: str) -> None:
    async with fresh_database(state_dir) as url:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            if "vector" in SCHEMAS[name]:
                await connection.execute("CREATE EXTENSION vector")
            await connection.execute(SCHEMAS[name].encode())
        filled = await fill_tables(url)
    assert (filled.rows["t"], filled.unfilled) == (3, {})


async def test_a_table_that_takes_no_row_is_named_with_the_reason(state_dir: Path) -> None:
    async with fresh_database(state_dir) as url:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute("CREATE TABLE t (id bigint, at date NOT NULL) PARTITION BY RANGE (at)")
        filled = await fill_tables(url)
    assert (filled.rows, filled.unfilled) == ({}, {"t": 'no partition of relation "t" found for row'})
