import pytest

from backend_developer.contract import Finding
from backend_developer.workspace.migrations.partial import Gaps, LeftOut
from backend_developer.workspace.postgres.extensions import refusals
from backend_developer.workspace.services.excuse import excuse, excuse_gaps
from backend_developer.workspace.services.playback import Playback
from backend_developer.workspace.services.verdict import fault

REFUSED = 'error: extension "pg_trgm" is not available'


def test_a_service_that_dies_of_an_extension_is_not_to_blame() -> None:
    died = Playback("serve", (fault("service-died", "it ended"),), log_tail=f"{REFUSED}\n    at pool.query")
    played = excuse(died)
    assert played.findings == ()
    assert "it lacks the extension pg_trgm" in (played.unproven or "")
    assert "not a fault of the service" in played.describe()
    assert played.evidence()["unproven"] == played.unproven


def test_a_service_that_listens_is_excused_finding_by_finding() -> None:
    crypt = fault("answer-unexpected", 'check 1: 500; the log says crypt() of extension "pgcrypto" is not available')
    other, told = fault("answer-unexpected", "check 2: 500"), fault("ignored-term", REFUSED, warning=True)
    played = excuse(Playback("serve", (crypt, other, told), url="http://127.0.0.1:1", log_tail=REFUSED))
    assert played.findings == (other, told)
    assert "cannot do crypt()" in (played.unproven or "")


def test_the_place_of_a_migration_is_kept() -> None:
    found = fault("prepare-failed", REFUSED).model_copy(update={"file": "migrations/1_a.sql", "line": 1})
    assert (excuse(Playback("serve", (found,))).unproven or "").startswith("migrations/1_a.sql:1: ")


def test_any_other_playback_stays_as_it_is() -> None:
    unknown = Playback("serve", (fault("service-died", 'extension "pg_tgrm" is not available'),))
    assert excuse(unknown) is unknown


UVICORN = (
    "ERROR:    Traceback (most recent call last):\n"
    '  File "/venv/starlette/routing.py", line 694, in lifespan\n    async with self.lifespan_context(app):\n'
    f"psycopg.errors.FeatureNotSupported: {REFUSED[7:]}\nHINT:  The extension must first be installed\n\n"
)
STARTUP = "ERROR:    Application startup failed. Exiting.\n"
DIRECT = "\nThe above exception was the direct cause of the following exception:\n\n"
HANDLING = "\nDuring handling of the above exception, another exception occurred:\n\n"
KEY = 'Traceback (most recent call last):\n  File "/app/main.py", line 3, in <module>\nKeyError: "PORT"\n'
NODE = f"{REFUSED}\n    at /app/node_modules/pg/lib/client.js:545:17 {{\n  severity: 'ERROR',\n  code: '0A000'\n}}\n"


def died(log: str, code: str = "service-died") -> tuple[Finding, ...]:
    return excuse(Playback("serve", (fault(code, f"it ended. Its log ends with:\n{log}"),), log_tail=log)).findings


@pytest.mark.parametrize(
    "log",
    [
        UVICORN + STARTUP,
        f"{UVICORN}{DIRECT}{KEY.replace('KeyError', 'RuntimeError')}{STARTUP}",
        f"{NODE}\nNode.js v22.1.0\nnpm error code 1\n",
        f"{KEY}restarted\n{NODE}",
        f"2026/01/02 10:00:00 {REFUSED} (SQLSTATE 0A000)\nexit status 1\n",
        "thread 'main' panicked at src/main.rs:9:5:\n"
        'PgDatabaseError { severity: Error, message: "extension \\"pg_trgm\\" is not available" }\n'
        "note: run with `RUST_BACKTRACE=1`\n",
    ],
)
def test_a_refused_extension_that_is_the_last_complaint_is_what_it_died_of(log: str) -> None:
    assert died(log) == ()


@pytest.mark.parametrize(
    "log",
    [
        UVICORN + KEY,
        UVICORN + HANDLING + KEY,
        f"{NODE}file:///app/server.js:9\nTypeError: Cannot read properties of undefined\n    at main\n",
        f"WARN no trigrams: {REFUSED}\nError: listen EADDRINUSE: address already in use :::80\n",
        f"{REFUSED}\nconfiguration is missing PORT\n",
        f"{REFUSED}\nERROR: exiting, there is no PORT\n",
        f'{REFUSED}\nERROR: relation "users" does not exist\n',
    ],
)
def test_what_it_died_of_afterwards_is_its_own_fault(log: str) -> None:
    assert len(died(log)) == len(died(log, "prepare-failed")) == 1
    listened = Playback("serve", (fault("service-died", log),), url="http://127.0.0.1:1", log_tail=log)
    assert excuse(listened) is listened


def test_a_service_that_lives_on_without_listening_died_of_nothing() -> None:
    assert len(died(UVICORN, "service-silent")) == 1


def test_what_fails_on_a_database_with_gaps_is_excused_where_something_absent_is_told_of() -> None:
    gaps = Gaps([LeftOut("CREATE EXTENSION pg_trgm", "m/1.sql", 1)], refusals(REFUSED))
    absent = fault("answer-unexpected", 'check 1: 500; the log says relation "places" does not exist')
    other = fault("answer-unexpected", "check 2: expected 201, got 200")
    played = excuse_gaps(Playback("serve", (absent, other), url="http://127.0.0.1:1"), gaps)
    assert played.findings == (other,)
    assert (played.unproven or "").startswith("m/1.sql:1: ")
    right = excuse_gaps(Playback("serve", url="http://127.0.0.1:1"), gaps)
    assert (right.unproven, [one.name for one in right.refused]) == (None, ["pg_trgm"])
    assert "made without what wants the extension pg_trgm: 1 in all" in right.describe()
    assert excuse_gaps(right, Gaps()) is right
