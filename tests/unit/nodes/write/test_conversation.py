from pathlib import Path
from typing import Any

from langchain_core.messages import HumanMessage, ToolMessage

from backend_developer.contract import Finding, GateResult
from backend_developer.nodes.write.conversation import OLD_FAILURES, line_of, opening, repaired
from tests.support.fakes import FILES, answer, call, make_bench

RECORD = {
    "server": "code-index",
    "tool": "code-index",
    "arguments": {"query": "user", "type": "py"},
    "answered_by": "built in",
    "ok": True,
    "ms": 3,
    "answer": "app/users.py:1 get_user",
}


async def opened(folder: Path, files: dict[str, str] | None = None, **state: Any) -> tuple[str, str]:
    bench = await make_bench(folder, files=files or FILES)
    system, task = await opening(bench.state(**state), bench.context)
    return system.text, task.text


async def test_the_task_holds_what_the_nodes_before_found(tmp_path: Path) -> None:
    _, task = await opened(tmp_path, scan={"digest": "## Users\n- get_user"}, consult={"code-index/1": RECORD})
    assert "# What the project already has\n## Users\n- get_user" in task
    assert "# Consulted\ncode-index user py (built in):\napp/users.py:1 get_user" in task
    assert "python with fastapi" in task


async def test_an_mcp_call_that_failed_is_not_quoted(tmp_path: Path) -> None:
    _, task = await opened(tmp_path, consult={"code-index/1": {**RECORD, "ok": False, "answer": "boom"}})
    assert "boom" not in task
    assert "# Consulted" not in task


async def test_old_failures_are_named_and_counted(tmp_path: Path) -> None:
    found = [
        Finding(source="lint/ruff", code="F401", message="unused", file="a.py", line=number, level="warning")
        for number in range(1, OLD_FAILURES + 4)
    ]
    lint = GateResult(gate="lint", status="pass", findings=found).dump()
    _, task = await opened(tmp_path, baseline={"lint": lint})
    assert "# Old failures, not yours" in task
    assert "- lint: a.py:1 F401 unused" in task
    assert "- ... and 3 more" in task


async def test_the_projects_notes_for_agents_are_read_but_no_link_is_followed(tmp_path: Path) -> None:
    _, task = await opened(tmp_path / "one", {**FILES, "AGENTS.md": "Use tabs.\n", "CLAUDE.md": "Use spaces.\n"})
    assert "# The project's notes for agents (AGENTS.md)\n" in task
    assert "\n```\nUse tabs.\n```\n" in task
    assert "spaces" not in task
    (tmp_path / "secret").write_text("a key")
    (tmp_path / "two/project").mkdir(parents=True)
    (tmp_path / "two/project/AGENTS.md").symlink_to(tmp_path / "secret")
    _, task = await opened(tmp_path / "two")
    assert "a key" not in task


async def test_the_same_state_gives_the_same_bytes(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path)
    state = bench.state(consult={"code-index/1": RECORD}, skills={"loaded": ["code-standards"], "listed": []})
    assert await opening(state, bench.context) == await opening(state, bench.context)


def test_a_call_without_an_answer_gets_one_right_behind_it() -> None:
    broken = {"name": "write", "args": "{", "id": "b-1", "error": "bad", "type": "invalid_tool_call"}
    said = answer(call("read", "r-1"), call("list", "l-1"), invalid_tool_calls=[broken])
    whole = repaired([said, ToolMessage("x", tool_call_id="r-1"), HumanMessage("go on")])
    assert {m.tool_call_id for m in whole if isinstance(m, ToolMessage)} == {"r-1", "l-1", "b-1"}
    assert isinstance(whole[-1], HumanMessage)
    assert repaired(whole) == whole


def test_a_whole_conversation_is_left_alone() -> None:
    messages = [HumanMessage("task"), answer(call("list")), ToolMessage("files", tool_call_id="list-1")]
    assert repaired(messages) == messages


def test_a_finding_is_one_line() -> None:
    assert line_of(Finding(source="lint", code="F401", message="unused", file="a.py", line=3)) == "a.py:3 F401 unused"
    assert line_of(Finding(source="lint", code="F401", message="unused", file="a.py")) == "a.py F401 unused"
    assert line_of(Finding(source="run", code="no", message="unused")) == "no unused"
