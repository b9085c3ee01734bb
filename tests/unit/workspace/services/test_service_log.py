from pathlib import Path

import pytest

from backend_developer.workspace.services import service_log
from backend_developer.workspace.services.service_log import LogFault, find_faults, size, tail

TRACEBACK = 'Traceback (most recent call last):\n  File "{root}/app.py", line 3, in f\nKeyError: 1\n'


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "app.py").touch()
    return tmp_path / "service.log"


def faults(log: Path, marks: list[int]) -> list[LogFault]:
    return find_faults(log, marks, log.parent, log.parent)


def test_each_fault_falls_into_the_phase_in_which_it_was_written(log: Path) -> None:
    parts = [
        "ERROR: at start\n",
        "INFO: ok — Анна\n",
        "ERROR: at first\nINFO: more\n",
        TRACEBACK.format(root=log.parent),
    ]
    log.write_text("".join(parts), encoding="utf-8")
    ends = [len("".join(parts[:n]).encode()) for n in (1, 2, 3)]

    assert faults(log, [ends[0], ends[2]]) == [
        LogFault("error-line", "ERROR: at start", -1),
        LogFault("error-line", "ERROR: at first", 0),
        LogFault("crash", "KeyError: 1", 1, "app.py", 3),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "ERROR:    [Errno 98] address in use",
        "ERROR:app.users:no such user",
        "2026-01-01 10:00:00,123 ERROR [users:create] duplicate",
        "[2026-01-01] [CRITICAL] out of disk",
        "\x1b[31mERROR\x1b[0m:    coloured",
        '{"ts": 1, "level": "error", "msg": "x"}',
        "12:00 | FATAL | x",
    ],
)
def test_lines_at_level_error_are_found_in_common_formats(log: Path, line: str) -> None:
    log.write_text(f"{line}\n")

    assert [fault.kind for fault in faults(log, [])] == ["error-line"]


@pytest.mark.parametrize(
    "line",
    ["INFO: 0 errors", '127.0.0.1 "GET /ERRORS HTTP/1.1" 200', "WARNING: an error was handled", "TERROR: x", ""],
)
def test_other_lines_are_none(log: Path, line: str) -> None:
    log.write_text(f"{line}\n")

    assert faults(log, []) == []


def test_the_line_that_announces_a_crash_is_not_told_twice(log: Path) -> None:
    log.write_text("ERROR:    Exception in ASGI application\n" + TRACEBACK.format(root=log.parent))

    assert [fault.kind for fault in faults(log, [])] == ["crash"]


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "asyncio.exceptions.CancelledError"])
def test_being_told_to_stop_is_no_fault(log: Path, error: str) -> None:
    log.write_text(TRACEBACK.format(root=log.parent).replace("KeyError: 1", error))

    assert faults(log, []) == []


def test_of_a_long_log_the_end_is_read_and_phases_still_fit(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_log, "MAX_BYTES", 100)
    log.write_bytes(b"ERROR: early\n" + b"x" * 1000 + b"\nERROR: late\n")

    assert faults(log, [0, 1000]) == [LogFault("error-line", "ERROR: late", 1)]


def test_binary_output_and_no_log_are_survived(log: Path) -> None:
    assert (faults(log, []), tail(log), size(log)) == ([], "", 0)
    log.write_bytes(b"\x00\xff\nERROR: \x00\n")

    assert faults(log, [])[0].message == "ERROR: \N{REPLACEMENT CHARACTER}"
    assert "\x00" not in tail(log)


def test_the_tail_is_bounded(log: Path) -> None:
    log.write_text("\n".join(f"line {number} {'x' * 50}" for number in range(1000)))

    assert len(tail(log)) <= service_log.TAIL_CHARS
    assert tail(log).splitlines()[-1].startswith("line 999")
