from pathlib import Path

from backend_developer.contract.ports import Outcome
from backend_developer.workspace.services.playback import Answer
from backend_developer.workspace.services.service_log import LogFault
from backend_developer.workspace.services.verdict import failed_start, judge_answers, judge_log, judge_stop


def answer(number: int, status: int, fault: str | None = None) -> Answer:
    return Answer(number, "GET", f"/{number}", None, {"status": status}, status=status, fault=fault)


def crash(phase: int) -> LogFault:
    return LogFault("crash", "KeyError: 'id'", phase, "app.py", 7)


def line(phase: int) -> LogFault:
    return LogFault("error-line", "ERROR: no user", phase)


def levels(*faults: LogFault, answers: list[Answer]) -> list[tuple[str, str]]:
    return [(finding.code, finding.level) for finding in judge_log(faults, answers)]


def test_a_wrong_answer_names_what_was_sent_wanted_got_and_where_it_crashed() -> None:
    wrong = Answer(1, "POST", "/users", {"n": 1}, {"status": 201}, status=500, fault="expected 201, got 500: oops")

    (finding,) = judge_answers([wrong], [crash(0)])

    assert finding.code == "answer-unexpected"
    assert (finding.file, finding.line) == ("app.py", 7)
    for part in ("check 1", 'POST /users with {"n": 1}', "expected 201, got 500", "KeyError: 'id' at app.py:7"):
        assert part in finding.message


def test_the_crash_behind_a_wrong_answer_is_told_once() -> None:
    assert levels(crash(0), answers=[answer(1, 500, "wrong")]) == []


def test_a_crash_behind_a_right_answer_is_an_error() -> None:
    assert levels(crash(0), answers=[answer(1, 200)]) == [("traceback", "error")]


def test_a_crash_at_start_or_stop_is_an_error() -> None:
    assert levels(crash(-1), answers=[]) == [("traceback", "error")]
    assert levels(crash(1), answers=[answer(1, 200)]) == [("traceback", "error")]


def test_an_error_line_blocks_only_while_a_request_was_answered() -> None:
    answers = [answer(1, 200)]

    assert levels(line(0), answers=answers) == [("error-logged", "error")]
    assert levels(line(-1), answers=answers) == [("error-logged", "warning")]
    assert levels(line(1), answers=answers) == [("error-logged", "warning")]


def test_to_log_a_refusal_that_was_expected_is_right() -> None:
    answers = [answer(1, 404)]

    assert levels(line(0), answers=answers) == [("error-logged", "warning")]
    assert levels(crash(0), answers=answers) == [("traceback", "warning")]
    assert levels(line(0), answers=[answer(1, 404, "expected 200")]) == [("error-logged", "error")]


def test_the_same_fault_is_told_once() -> None:
    assert len(judge_log([crash(0), crash(0)], [answer(1, 200)])) == 1


def test_a_failed_start_carries_the_last_crash_and_the_logs_end() -> None:
    finding = failed_start("service-died", "it ended", [crash(-1)], "one\ntwo")

    assert finding.message == "it ended; the log says KeyError: 'id' at app.py:7. Its log ends with:\none\ntwo"
    assert (finding.file, finding.line) == ("app.py", 7)


def test_a_kill_is_a_warning() -> None:
    ended = Outcome("serve", None, False, 1.0, "", Path("log"))

    assert judge_stop(ended) == []
    (finding,) = judge_stop(Outcome("serve", None, False, 1.0, "", Path("log"), killed=2))
    assert (finding.code, finding.level) == ("ignored-term", "warning")
