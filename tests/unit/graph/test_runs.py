import re
from pathlib import Path

from backend_developer.graph.lock import Holder, busy
from backend_developer.graph.runs import storable, thread_id


def test_a_thread_is_named_by_task_and_folder(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "link").symlink_to("one")
    name = thread_id(tmp_path / "one", "feat-user-api")
    assert re.fullmatch(r"feat-user-api@[0-9a-f]{12}", name)
    assert thread_id(tmp_path / "link", "feat-user-api") == name
    assert thread_id(tmp_path / "one" / ".." / "one", "feat-user-api") == name
    assert thread_id(tmp_path / "two", "feat-user-api") != name
    assert thread_id(tmp_path / "one", "feat-other") != name


def test_text_that_jsonb_refuses_is_replaced_and_all_else_kept() -> None:
    value = {"a\x00": ["\udc80x", "😀 ü", 1, None, {"b": True}]}
    assert storable(value) == {"a\ufffd": ["\ufffdx", "😀 ü", 1, None, {"b": True}]}


def test_a_holder_comes_back_from_the_statement_that_carries_it() -> None:
    holder = Holder("feat-x", 42, "host's", "2026-01-01T00:00:00+00:00")
    assert Holder.parse(f"SELECT pg_try_advisory_lock(-5) AS taken, '{holder.dump()}' AS holder") == holder
    for text in ("", "<insufficient privilege>", "{}", '{"task_id": 1'):
        assert Holder.parse(text) is None


def test_an_unknown_holder_is_told_as_such() -> None:
    error = busy(Path("/srv/app"), None)
    assert "another run" in error.message
    assert "Wait" in error.way_out
