"""`scan` on small projects, with the real index."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend_developer.interfaces.cli.console import result_console

COPY = """
def overdue(session, today):
    found = []
    for invoice in session.query(Invoice).filter(Invoice.paid == False):
        if invoice.due < today and invoice.total > 0:
            found.append((invoice.number, invoice.total * 1.05))
    return sorted(found, key=lambda pair: pair[1], reverse=True)
"""
FILES = {
    "app/users.py": 'def create_user(data):\n    """Store a user."""\n    return data\n',
    "app/invoices.py": COPY,
    "app/loans.py": COPY.replace("invoice", "loan").replace("overdue", "late"),
    "web/users.ts": "export function createUser(name: string) {}\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BACKEND_DEVELOPER_STATE_DIR", str(tmp_path / "state"))
    root = tmp_path / "project"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.fixture
def scan(call: Any, project: Path) -> Callable[..., Any]:
    return lambda *arguments: call("scan", *arguments, "-w", str(project))


def test_definitions_and_lines_with_their_places(scan: Any) -> None:
    ended = scan("create")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "Definitions (2)",
        "app/users.py:1: def create_user(data) - Store a user.",
        "web/users.ts:1: export function createUser(name: string)",
        "",
        "Lines in 2 files (2)",
        "app/users.py:1: def create_user(data):",
        "web/users.ts:1: export function createUser(name: string) {}",
        "",
    ]


def test_a_need_in_words_says_why(scan: Any) -> None:
    assert "app/users.py:1: def create_user(data) - Store a user.  (name: add, user)" in scan("add a user").out


def test_the_type_limits_the_files(scan: Any) -> None:
    assert "users.ts" not in scan("create", "--type", "py").out
    assert "users.py" not in scan("create", "-t", "ts").out


def test_json(scan: Any) -> None:
    answer = scan("create_user", "--json").json
    assert answer["query"] == "create_user"
    (definition,) = answer["definitions"]
    assert (definition["path"], definition["line"], definition["kind"]) == ("app/users.py", 1, "function")
    assert (answer["defined"], answer["lines_matching"], answer["files"]) == (1, 1, 1)
    assert answer["lines"] == [{"path": "app/users.py", "line": 1, "text": "def create_user(data):"}]


def test_duplicates(scan: Any) -> None:
    ended = scan("--duplicates")
    assert ended.code == 0
    assert ended.out.splitlines()[:2] == [
        "Near-copies (1)",
        "app/invoices.py:2: overdue  =  app/loans.py:2: late  (100% of the shape)",
    ]
    (pair,) = scan("--duplicates", "--json").json["duplicates"]
    assert (pair["first"]["name"], pair["second"]["name"], pair["similarity"]) == ("overdue", "late", 1.0)


@pytest.mark.parametrize(("query", "code"), [("late", 0), ("loans.py", 0), ("create", 1)])
def test_a_query_narrows_the_duplicates(scan: Any, query: str, code: int) -> None:
    assert scan("--duplicates", query).code == code


@pytest.mark.parametrize("arguments", [("zebra",), ("create", "-t", "go"), ("--duplicates", "-t", "go")])
def test_nothing_found_is_told_by_the_exit_code_as_grep_does(scan: Any, arguments: tuple[str, ...]) -> None:
    ended = scan(*arguments)
    assert (ended.code, ended.out, ended.err) == (1, "", "")


@pytest.mark.parametrize("arguments", [(), ("",), ("-t", "py")])
def test_no_question_is_bad_input(scan: Any, arguments: tuple[str, ...]) -> None:
    ended = scan(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "QUERY is missing" in ended.err


@pytest.mark.parametrize("place", ["nowhere", "app/users.py"])
def test_a_workspace_that_is_no_folder_is_named(call: Any, project: Path, place: str) -> None:
    ended = call("scan", "x", "-w", str(project / place))
    assert ended.code == 2
    assert place in ended.err


def test_without_a_state_folder_the_index_is_in_memory(
    scan: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BACKEND_DEVELOPER_STATE_DIR", str(tmp_path / "file" / "state"))
    ended = scan("create_user")
    assert (ended.code, ended.err) == (0, "")
    assert "app/users.py:1" in ended.out


def test_places_and_matches_are_coloured_on_a_terminal(
    scan: Any, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert result_console().is_terminal
    out = scan("create_user").out
    assert "\x1b[35mapp/users.py\x1b[0m:\x1b[32m1\x1b[0m: def \x1b[1;31mcreate_user\x1b[0m(data)" in out


def test_a_control_sequence_in_a_file_is_shown_not_obeyed(scan: Any, project: Path) -> None:
    (project / "app/evil.py").write_text("title = '\x1b]0;pwned\x07 needle'\n")
    out = scan("needle").out
    assert "\x1b" not in out
    assert "\\x1b]0;pwned" in out


def test_long_answers_are_cut_and_counted(scan: Any, project: Path) -> None:
    (project / "many.py").write_text("needle = 1\n" * 80)
    assert "Lines in 1 file (50 of 80)" in scan("needle").out


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have a recorded model give these answers: the names, then the choice."""

    def record(*answers: tuple[str, str, dict[str, Any]]) -> None:
        lines: list[dict[str, Any]] = [{"cassette": 1, "model": "by hand"}]
        for purpose, tool, arguments in answers:
            calls = [{"name": tool, "arguments": arguments}]
            lines.append({"purpose": purpose, "turn": 0, "content": "", "tool_calls": calls})
        cassette = tmp_path / "cassette.jsonl"
        cassette.write_text("".join(json.dumps(line) + "\n" for line in lines))
        monkeypatch.setenv("BACKEND_DEVELOPER_REPLAY", str(cassette))

    return record


NAMES = ("names", "names", {"names": ["late_invoices", "overdue", "unpaid_bills", "past_due"]})


def chosen(*numbers: int) -> tuple[str, str, dict[str, Any]]:
    return "scan", "choose", {"choices": [{"need": 1, "serves": list(numbers)}]}


def test_the_model_names_what_a_need_may_be_called_and_chooses_what_serves(scan: Any, play: Any) -> None:
    need = "Whoever has not paid in time"
    assert scan(need).code == 1
    play(NAMES, chosen(1))
    ended = scan(need, "--ask")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == ["Serving this need (1)", "app/invoices.py:2: def overdue(session, today)", ""]


def test_what_the_model_chose_as_json(scan: Any, play: Any) -> None:
    play(NAMES, chosen(1))
    answer = scan("Whoever has not paid in time", "--ask", "--json").json
    assert [hit["name"] for hit in answer["serving"]] == ["overdue"]


def test_where_the_model_finds_that_nothing_serves_nothing_is_found(scan: Any, play: Any) -> None:
    play(NAMES, chosen())
    assert scan("Whoever has not paid in time", "--ask").code == 1


def test_without_anything_near_the_model_is_not_asked_to_choose(scan: Any, play: Any) -> None:
    play(("names", "names", {"names": ["resize_image", "thumbnail", "scale_picture", "ImageScaler"]}))
    assert scan("Resize an image", "--ask").code == 1


def test_without_a_model_the_way_out_is_told(scan: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "BACKEND_DEVELOPER_API_KEY", "BACKEND_DEVELOPER_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    ended = scan("Whoever has not paid in time", "--ask")
    assert ended.code == 2
    assert "OPENAI_API_KEY" in ended.err


@pytest.mark.parametrize("more", [("--duplicates",), ("--type", "py")])
def test_ask_takes_a_need_alone(scan: Any, more: tuple[str, ...]) -> None:
    ended = scan("Whoever has not paid in time", "--ask", *more)
    assert ended.code == 2
    assert "--ask takes a need in words alone" in ended.err
