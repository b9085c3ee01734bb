import json
from pathlib import Path

from backend_developer.workspace.services.playback import BODY_CHARS, Answer, Playback
from backend_developer.workspace.services.verdict import fault


def test_evidence_is_plain_bounded_and_without_secrets() -> None:
    answer = Answer(
        1,
        "POST",
        "/login",
        {"name": "x" * 9_000, "odd": "\ud800"},
        {"status": 200},
        status=200,
        headers={"Content-Type": "application/json", "Set-Cookie": "session=s3cret", "Server": "x"},
        body="b" * 9_000,
        ms=3,
    )
    playback = Playback("serve", answers=(answer,), url="http://127.0.0.1:1", ready_s=0.1, log=Path("x"), log_tail="t")

    text = json.dumps(playback.evidence(), ensure_ascii=False)
    (kept,) = playback.evidence()["answers"]

    assert text.encode()
    assert "s3cret" not in text
    assert kept["headers"] == {"content-type": "application/json", "set-cookie": "***"}
    assert len(kept["body"]) < BODY_CHARS + 50
    assert kept["body"].endswith("(5000 more characters)")
    assert kept["ok"]


def test_the_model_reads_requests_answers_findings_and_log() -> None:
    answers = (
        Answer(1, "GET", "/a", None, {"status": 200}, status=200, body="fine", ms=4),
        Answer(2, "PUT", "/b", {"v": 1}, {"status": 200}, status=404, body="no b", ms=5, fault="expected 200, got 404"),
        Answer(3, "GET", "/c", None, {"status": 200}, fault="no answer came: nothing within 15 s"),
    )
    findings = (
        fault("answer-unexpected", "check 2 is told with its answer"),
        fault("error-logged", "the log has an error", warning=True),
    )

    text = Playback("serve --port 1", findings, answers, ready_s=0.51, log_tail="INFO: up").describe()

    assert text.splitlines() == [
        "serve --port 1",
        "ready after 0.5 s",
        "1. GET /a -> 200, 4 ms, as expected",
        "   fine",
        '2. PUT /b with {"v": 1} -> 404, 5 ms, NOT as expected: expected 200, got 404',
        "   no b",
        "3. GET /c -> no answer, 0 ms, NOT as expected: no answer came: nothing within 15 s",
        "warning: the log has an error",
        "log, last lines:",
        "INFO: up",
    ]


def test_a_service_that_did_not_start_says_so() -> None:
    text = Playback("serve", (fault("service-died", "it ended"),)).describe()

    assert text == "serve\ndid not get ready\nerror: it ended\nlog, last lines:\n(empty)"
