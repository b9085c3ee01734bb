import json
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import NoDatabase, Settings
from backend_developer.nodes.write.tools import Tool, ToolAnswer, ToolArgs, Toolbox, workspace_tools
from backend_developer.nodes.write.tools.tool import lean
from backend_developer.workspace.workspace import Workspace

PARAMETERS = {
    "read": (["path", "offset", "limit"], ["path"]),
    "list": (["path"], []),
    "glob": (["pattern", "path"], ["pattern"]),
    "grep": (["pattern", "path", "glob"], ["pattern"]),
    "edit": (["path", "old", "new", "replace_all"], ["path", "old", "new"]),
    "write": (["path", "content"], ["path", "content"]),
    "delete": (["path"], ["path"]),
    "bash": (["command", "timeout"], ["command"]),
}


class NoteArgs(ToolArgs):
    title: str = ""


def test_the_names_and_parameters_are_the_contracts(toolbox: Toolbox) -> None:
    told = {
        spec["function"]["name"]: (
            list(spec["function"]["parameters"]["properties"]),
            spec["function"]["parameters"].get("required", []),
        )
        for spec in toolbox.specs()
    }
    assert told == PARAMETERS


def test_the_specs_are_small_and_the_same_each_time(toolbox: Toolbox, workspace: Workspace, settings: Settings) -> None:
    specs = json.dumps(toolbox.specs())
    again = Toolbox(workspace_tools(workspace, settings), workspace.journal, output_chars=1000)
    assert json.dumps(again.specs()) == specs
    # At four characters a token this is under 900 tokens.
    assert len(specs) < 3600
    assert "title" not in specs


def test_a_property_called_title_stays() -> None:
    assert lean(NoteArgs.model_json_schema()) == {"properties": {"title": {"type": "string"}}, "type": "object"}


async def test_an_unknown_tool(toolbox: Toolbox) -> None:
    answer = await toolbox.call("red", {}, "1")
    assert not answer.ok
    assert "There is no tool `red`. Did you mean `read`? The tools are: read, list, glob, grep, edit" in answer.text


@pytest.mark.parametrize(
    ("name", "args", "told"),
    [
        ("read", {}, "`path`: Field required. Its arguments are: path (string), offset? (integer), limit? (integer)"),
        ("read", {"path": "a", "offset": "x"}, "`offset`: Input should be a valid integer"),
        ("edit", {"path": "a", "old_string": "b", "new": "c"}, "`old_string`: Extra inputs are not permitted"),
        ("bash", {"command": "ls", "timeout": -1}, "`timeout`: Input should be greater than 0"),
        ("write", {"path": ["a"], "content": "x"}, "`path`: Input should be a valid string"),
    ],
)
async def test_faulty_arguments(toolbox: Toolbox, name: str, args: dict[str, Any], told: str) -> None:
    answer = await toolbox.call(name, args, "1")
    assert not answer.ok
    assert told in answer.text


async def test_takes_what_models_send_for_an_argument_that_is_not_there(toolbox: Toolbox) -> None:
    answer = await toolbox.call("read", {"path": "README.md", "offset": "1", "limit": None}, "1")
    assert answer == ToolAnswer("1\t# Shop")


async def test_a_mutating_call_is_done_once(toolbox: Toolbox, root: Path) -> None:
    args = {"path": "README.md", "old": "Shop", "new": "Shop Shop"}
    first = await toolbox.call("edit", args, "1/a/0")
    again = await toolbox.call("edit", args, "1/a/0")
    assert first == again
    assert (root / "README.md").read_text() == "# Shop Shop\n"
    await toolbox.call("edit", {**args, "replace_all": True}, "1/b/0")
    assert (root / "README.md").read_text() == "# Shop Shop Shop Shop\n"


async def test_a_refused_call_may_be_tried_again(toolbox: Toolbox, root: Path) -> None:
    args = {"path": "new.md", "old": "a", "new": "b"}
    assert not (await toolbox.call("edit", args, "1")).ok
    (root / "new.md").write_text("a")
    assert (await toolbox.call("edit", args, "1")).ok


async def test_other_tools_are_put_in_beside(workspace: Workspace) -> None:
    notes = []

    async def note(args: NoteArgs, call_id: str) -> ToolAnswer:
        notes.append(args.title)
        return ToolAnswer(f"noted \x1b[1m{args.title} \ud800" + "x" * 5000)

    tool = Tool("note", NoteArgs, note, mutates=True, description="Note it.", schema={"type": "object"})
    box = Toolbox([tool], workspace.journal, output_chars=1000)
    assert box.specs()[0]["function"] == {"name": "note", "description": "Note it.", "parameters": {"type": "object"}}
    answers = [await box.call("note", {"title": "a"}, "1") for _ in range(2)]
    assert notes == ["a"]
    assert answers[0] == answers[1]
    assert len(answers[0].text) <= 3000
    assert "\x1b" not in answers[0].text
    assert answers[0].text.encode()


async def test_what_the_surroundings_do_wrong_is_raised(workspace: Workspace) -> None:
    async def broken(args: NoteArgs, call_id: str) -> ToolAnswer:
        raise NoDatabase("It is gone.", "Start it.")

    box = Toolbox([Tool("note", NoteArgs, broken, description="x")], workspace.journal, output_chars=1000)
    with pytest.raises(NoDatabase):
        await box.call("note", {}, "1")


async def test_a_refusal_of_the_system_is_told(workspace: Workspace) -> None:
    async def full(args: NoteArgs, call_id: str) -> ToolAnswer:
        raise OSError(28, "No space left on device")

    box = Toolbox([Tool("note", NoteArgs, full, description="x")], workspace.journal, output_chars=1000)
    assert "No space left on device" in (await box.call("note", {}, "1")).text
