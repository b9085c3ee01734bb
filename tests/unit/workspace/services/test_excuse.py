from backend_developer.workspace.services.excuse import excuse
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
