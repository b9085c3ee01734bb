from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from backend_developer.nodes.write.tools import Toolbox


class Script(Protocol):
    deed: Callable[[], object]
    exit_code: int | None
    output: str
    killed: int
    limits: list[float | None]


async def bash(toolbox: Toolbox, call_id: str = "1", **args: float) -> str:
    return (await toolbox.call("bash", {"command": "x", **args}, call_id)).text


async def test_tells_the_output_and_the_ending(toolbox: Toolbox, commands: Script) -> None:
    assert await bash(toolbox, "1") == "done\n[exit code 0]"
    commands.exit_code, commands.output, commands.killed = 3, "", 1
    assert await bash(toolbox, "2") == "(no output)\n[exit code 3; what it had left running was ended]"
    commands.exit_code, commands.killed = None, 0
    assert await bash(toolbox, "3") == "(no output)\n[ended at its time limit]"


async def test_holds_the_models_time_limit_to_that_of_a_gate(toolbox: Toolbox, commands: Script) -> None:
    await bash(toolbox, "1")
    await bash(toolbox, "2", timeout=7)
    await bash(toolbox, "3", timeout=1e6)
    assert commands.limits == [120.0, 7.0, 600.0]


async def test_names_what_changed_and_what_was_taken_back(toolbox: Toolbox, commands: Script, root: Path) -> None:
    def deed() -> None:
        for number in range(12):
            (root / f"new{number:02}.py").write_text("x")
        (root / "tests/test_main.py").write_text("cheat")
        (root / ".env").write_text("KEY=2")

    commands.deed = deed
    answer = await toolbox.call("bash", {"command": "x"}, "1")
    assert not answer.ok
    assert "Changed: new00.py, new01.py" in answer.text
    assert "new07.py and 4 more." in answer.text
    assert (
        "Taken back: tests/test_main.py (is a test). Instead: another agent writes tests: "
        "name what to cover in `finish`." in answer.text
    )
    assert "Taken back: .env (may hold secrets)." in answer.text
    assert (root / ".env").read_text() == "KEY=1\n"


async def test_runs_a_command_once(toolbox: Toolbox, commands: Script) -> None:
    assert await bash(toolbox, "1") == await bash(toolbox, "1")
    assert len(commands.limits) == 1
