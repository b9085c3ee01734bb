import pytest

from backend_developer.workspace.postgres.extensions import KNOWN, why_unknown, why_unproven


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('extension "pg_trgm" is not available\nHINT: The extension must first', "it lacks the extension pg_trgm"),
        ('{"err":"error: extension \\"postgis\\" is not available"}', "it lacks the extension postgis"),
        (
            'extension "citext" has no installation script nor update path for version "1.8"',
            "it lacks the wanted version of the extension citext",
        ),
        (
            'extension "pgcrypto" has no update path from version "1.3" to version "1.4"',
            "it lacks the wanted version of the extension pgcrypto",
        ),
        (
            'crypt() of extension "pgcrypto" is not available',
            "its stand-in for the extension pgcrypto cannot do crypt()",
        ),
    ],
)
def test_what_the_server_lacks_is_named_with_the_way_out(words: str, told: str) -> None:
    why = why_unproven(f"psycopg.errors.FeatureNotSupported: {words}")
    assert why is not None
    assert told in why
    assert why.endswith("apply it to a PostgreSQL that has it before it is released")
    assert why_unknown(words) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pg_tgrm", "no extension pg_tgrm is known, pg_trgm is"),
        ("uuid_ossp", "no extension uuid_ossp is known, uuid-ossp is"),
        ("zzzzzzzz", "no extension zzzzzzzz is known"),
    ],
)
def test_a_name_that_nobody_knows_is_a_fault(name: str, told: str) -> None:
    words = f'extension "{name}" is not available'
    assert why_unproven(words) is None
    assert why_unknown(words) == told


@pytest.mark.parametrize(
    "words", ['extension "pg_trgm" already exists', 'type "geometry" does not exist', "pg_trgm is not available", ""]
)
def test_other_refusals_are_left_alone(words: str) -> None:
    assert why_unproven(words) is None
    assert why_unknown(words) is None


def test_no_name_is_there_twice_and_all_are_names() -> None:
    assert {"pg_trgm", "hstore", "btree_gin", "btree_gist", "unaccent", "postgis", "timescaledb", "vector"} <= KNOWN
    assert [name for name in KNOWN if name != name.strip().lower()] == []
