from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract.analysis import Analysis
from backend_developer.nodes.consult import ANSWER_CHARS, VERBS, consult
from tests.support.fakes import FILES, Bench, make_bench


async def asked(folder: Path, files: dict[str, str] | None = None, **analysis: Any) -> tuple[Bench, dict[str, Any]]:
    bench = await make_bench(folder, files=files or FILES)
    state = bench.state(analysis=Analysis(summary="x", **analysis).dump())
    return bench, (await consult(state, bench.runtime))["consult"]


async def test_the_code_index_is_asked_as_the_users_text_asks_it(tmp_path: Path) -> None:
    _, records = await asked(tmp_path, keywords=["user", "get_user"], api=True)
    assert [record["arguments"] for record in records.values()] == [
        {"query": "user|get_user", "type": "py"},
        {"query": VERBS, "type": "py"},
    ]
    first = records["code-index/1"]
    assert (first["server"], first["ok"], first["answered_by"]) == ("code-index", True, "built-in index")
    assert "get_user" in first["answer"]
    assert isinstance(first["ms"], int)


async def test_it_is_always_asked_something(tmp_path: Path) -> None:
    _, records = await asked(tmp_path, keywords=["not an identifier", ""])
    assert [record["arguments"]["query"] for record in records.values()] == [VERBS]


async def test_a_project_of_another_language_is_searched_whole(tmp_path: Path) -> None:
    _, records = await asked(tmp_path, files={"main.go": "package main\nfunc user() {}\n"}, keywords=["user"])
    assert records["code-index/1"]["arguments"]["type"] is None


async def test_answers_are_bounded(tmp_path: Path) -> None:
    many = "".join(f"def user_{number}() -> int:\n    return {number}\n\n\n" for number in range(200))
    _, records = await asked(tmp_path, files={"app/users.py": many}, keywords=["user"])
    assert len(records["code-index/1"]["answer"]) <= ANSWER_CHARS


async def test_a_call_that_fails_is_recorded_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> str:
        raise OSError("disk gone")

    monkeypatch.setattr("backend_developer.nodes.consult.code_index", broken)
    _, records = await asked(tmp_path, keywords=["user"])
    assert (records["code-index/1"]["ok"], records["code-index/1"]["answer"]) == (False, "disk gone")
