"""The stand-ins for extensions, on the embedded server, held against what Python computes."""

import hashlib
import hmac
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import AsyncConnection, Error, errors

from backend_developer.workspace.postgres.cluster import Cluster
from backend_developer.workspace.postgres.stand_ins import STAND_INS, used_stand_ins
from tests.support.postgres import fresh_database

HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")


@pytest.fixture
async def url(state_dir: Path) -> AsyncIterator[str]:
    async with fresh_database(state_dir) as url:
        yield url


@pytest.fixture
async def database(url: str) -> AsyncIterator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        yield connection


async def ask(database: AsyncConnection[Any], query: str, *values: object) -> Any:
    row = await (await database.execute(query.encode(), values)).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


async def test_they_are_made_as_extensions_are_and_known_by_the_evidence(
    url: str, database: AsyncConnection[Any]
) -> None:
    assert await used_stand_ins(url) == {}
    await database.execute("CREATE SCHEMA extensions")
    await database.execute('CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA extensions')
    await database.execute("CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public VERSION '1.3'")
    await database.execute("CREATE EXTENSION citext; CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION vector")
    assert await used_stand_ins(url) == dict(STAND_INS)
    name = "extensions.uuid_generate_v5(extensions.uuid_ns_dns(), 'x')"
    assert await ask(database, f"SELECT {name}") == uuid.uuid5(uuid.NAMESPACE_DNS, "x")
    await database.execute("ALTER EXTENSION pgcrypto SET SCHEMA extensions")
    assert await ask(database, "SELECT length(extensions.hmac('a', 'b', 'sha1'))") == 20
    for extension in STAND_INS:
        await database.execute(f'DROP EXTENSION "{extension}"'.encode())
    assert await used_stand_ins(url) == {}


async def test_identifiers_are_those_of_the_standard(database: AsyncConnection[Any]) -> None:
    await database.execute('CREATE EXTENSION "uuid-ossp"')
    for name in ("", "www.example.com", "żółw" * 40):
        found = await ask(
            database, "SELECT uuid_generate_v3(uuid_ns_url(), %s), uuid_generate_v5(uuid_ns_oid(), %s)", name, name
        )
        assert found == (uuid.uuid3(uuid.NAMESPACE_URL, name), uuid.uuid5(uuid.NAMESPACE_OID, name))
    one, other, random, nil = await ask(
        database, "SELECT uuid_generate_v1(), uuid_generate_v1mc(), uuid_generate_v4(), uuid_nil()"
    )
    assert (one.version, other.version, random.version, nil.int) == (1, 1, 4, 0)
    assert one.variant == other.variant == uuid.RFC_4122
    assert one.fields[5] >> 40 & 1
    made = datetime(1582, 10, 15, tzinfo=UTC) + timedelta(microseconds=one.time // 10)
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=5)


async def test_digests_are_those_of_python(database: AsyncConnection[Any]) -> None:
    await database.execute("CREATE EXTENSION pgcrypto")
    for kind in HASHES:
        for length in (0, 1, 55, 56, 63, 64, 65, 119, 128, 129, 300):
            data, key = b"ab" * length, b"k" * length
            found = await ask(database, "SELECT digest(%s, %s), hmac(%s, %s, %s)", data, kind, data, key, kind)
            assert found == (hashlib.new(kind, data).digest(), hmac.new(key, data, kind).digest()), (kind, length)
    assert await ask(database, "SELECT digest('żółw', 'SHA256')") == hashlib.sha256("żółw".encode()).digest()
    with pytest.raises(errors.InvalidParameterValue, match="No such hash algorithm"):
        await database.execute("SELECT digest('a', 'sha3')")
    assert await ask(database, "SELECT length(gen_random_bytes(100)), gen_random_bytes(8) <> gen_random_bytes(8)") == (
        100,
        True,
    )
    assert (await ask(database, "SELECT public.gen_random_uuid()")).version == 4


@pytest.mark.parametrize(
    "call", ["crypt('a', 'b')", "gen_salt('bf', 8)", "pgp_sym_encrypt('a', 'b')", "encrypt('a', 'b', 'aes')"]
)
async def test_what_sql_cannot_do_is_refused_in_clear_words(database: AsyncConnection[Any], call: str) -> None:
    await database.execute("CREATE EXTENSION pgcrypto")
    name = call.partition("(")[0]
    with pytest.raises(errors.FeatureNotSupported, match=rf'^{name}\(\) of extension "pgcrypto" is not available'):
        await database.execute(f"SELECT {call}".encode())


async def test_text_without_case_is_compared_sorted_matched_and_unique_so(database: AsyncConnection[Any]) -> None:
    await database.execute("CREATE EXTENSION citext")
    await database.execute("CREATE TABLE users (email citext PRIMARY KEY)")
    await database.execute("INSERT INTO users SELECT chr(65 + n %% 26) || n FROM generate_series(1, 200) n", ())
    with pytest.raises(errors.UniqueViolation):
        await database.execute("INSERT INTO users VALUES ('b1')")
    await database.execute("SET enable_seqscan = off")
    assert await ask(database, "SELECT email::text FROM users WHERE email = 'b1'") == "B1"
    assert await ask(database, "SELECT count(*) FROM users WHERE email >= 'b' AND email < 'd'") == 16
    assert await ask(database, "SELECT count(*) FROM users a JOIN users b ON a.email = lower(b.email)::citext") == 200
    assert await ask(database, "SELECT max(email), min(email) FROM users") == ("Z77", "A104")
    assert await ask(database, "SELECT 'Abc'::citext LIKE 'aB_', 'abc'::citext ~ 'B', 'A'::citext < 'b'") == (True,) * 3
    assert await ask(database, "SELECT 'é'::citext = 'É', 'A'::citext = 'a'::text") == (True, False)
    assert await ask(database, "SELECT replace('aB.b.'::citext, 'b.', 'z'), strpos('ABC'::citext, 'bc')") == ("azz", 2)
    await database.execute("CREATE INDEX ON users USING hash (email)")
    await database.execute("CREATE INDEX ON users (email citext_pattern_ops)")
    await database.execute("CREATE TABLE posts (author citext REFERENCES users CHECK (author <> 'b1'))")
    await database.execute("INSERT INTO posts VALUES ('c2')")
    with pytest.raises(errors.CheckViolation):
        await database.execute("INSERT INTO posts VALUES ('B1')")


async def test_what_nothing_stands_in_for_is_not_available(database: AsyncConnection[Any]) -> None:
    with pytest.raises(Error, match='extension "pg_trgm" is not available'):
        await database.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")


async def test_a_database_that_is_gone_is_no_fault(tmp_path: Path) -> None:
    assert await used_stand_ins(f"postgresql://me@/gone?host={tmp_path}") == {}


def test_the_server_that_keeps_runs_has_none(tmp_path: Path) -> None:
    def options(*, durable: bool) -> str:
        return " ".join(Cluster(tmp_path, durable=durable).argv())

    assert "extension_control_path" not in options(durable=True)
    assert f"extension_control_path=$system:{tmp_path}" in options(durable=False)
