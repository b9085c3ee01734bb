from backend_developer.workspace.migrations.failure import Failure


def test_what_our_server_lacks_is_told_with_its_place() -> None:
    failure = Failure('extension "pg_trgm" is not available', "migrations/1_a.sql", 3)
    assert failure.unproven is not None
    assert failure.unproven.startswith("migrations/1_a.sql:3: ")
    assert (Failure(failure.message).unproven or "").startswith("the PostgreSQL")


def test_a_failure_of_its_own_is_none_of_that() -> None:
    assert Failure('relation "users" does not exist', "migrations/1_a.sql", 3).unproven is None


def test_an_extension_that_nobody_knows_is_said_to_be_so() -> None:
    finding = Failure('extension "pg_tgrm" is not available').finding("migration-failed", "it fails")
    assert finding.message == (
        'it fails (no extension pg_tgrm is known, pg_trgm is): extension "pg_tgrm" is not available'
    )
