"""Kills a process at every so many lines of the journal's code, resumes in another, and looks at what came of it.

    python kill_everywhere.py DSN FOLDER FIRST STEP

One line of JSON on standard output: how many places it was killed at, and what went wrong at which.
"""

import asyncio
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from psycopg_pool import AsyncConnectionPool

import backend_developer.workspace.journal.journal as ours
from backend_developer.contract import CallFailed, Settings
from backend_developer.contract.ports import Outcome, Service
from backend_developer.nodes.write.tools import Toolbox, workspace_tools
from backend_developer.workspace.journal import PostgresStore
from backend_developer.workspace.workspace import Workspace

BEFORE = {"app/main.py": "a\n", "app/gone.py": "gone\n", "app/counter": "", "tests/test_main.py": "t\n"}
# `a` becomes `aa`: done twice, it would be `aaaa`.
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("edit", {"path": "app/main.py", "old": "a", "new": "aa", "replace_all": True}),
    ("write", {"path": "new/deep/b.py", "content": "b\n"}),
    ("delete", {"path": "app/gone.py"}),
    ("bash", {"command": "count"}),
    ("edit", {"path": "app/main.py", "old": "a", "new": "aa", "replace_all": True}),
]
AFTER = {"app/main.py": "aaaa\n", "new/deep/b.py": "b\n", "app/counter": "x", "tests/test_main.py": "t\n"}
CHANGED = ["app/counter", "app/gone.py", "app/main.py", "new/deep/b.py"]
TRACED = (f"{Path(ours.__file__).parents[1]}/", f"{Path(ours.__file__).parents[2]}/nodes/write/tools/")


class Counting:
    """A command that counts how often it ran, and changes a test."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def run(
        self,
        argv: str | Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        writable: Sequence[Path] = (),
    ) -> Outcome:
        with (self.root / "app/counter").open("a") as file:
            file.write("x")
        (self.root / "tests/test_main.py").write_text("cheat\n")
        return Outcome("count", 0, False, 0.1, "", Path("log"))

    async def serve(
        self,
        argv: str | Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        writable: Sequence[Path] = (),
    ) -> Service:
        raise CallFailed("there are no services here")


Work = Callable[[Workspace, Toolbox], Awaitable[None]]


async def with_workspace(dsn: str, root: Path, run: str, work: Work) -> None:
    settings = Settings(state_dir=root.parent / "state")
    async with AsyncConnectionPool(dsn, min_size=1, open=False) as pool:
        store = await PostgresStore.open(pool)
        workspace = await Workspace.open(
            root, store=store, state_dir=settings.state_dir, run=run, commands=Counting(root)
        )
        await work(workspace, Toolbox(workspace_tools(workspace, settings), workspace.journal, output_chars=1000))


async def all_calls(workspace: Workspace, toolbox: Toolbox) -> None:
    for number, (name, args) in enumerate(CALLS):
        answer = await toolbox.call(name, args, f"call {number}")
        assert answer.ok or name == "bash", answer.text


async def resume(workspace: Workspace, toolbox: Toolbox) -> None:
    await workspace.recover()
    await all_calls(workspace, toolbox)
    assert content(workspace.root) == AFTER, content(workspace.root)
    changed = await workspace.journal.files_changed()
    assert changed == CHANGED, changed
    undone = await workspace.undo()
    assert (undone.restored, undone.kept) == (CHANGED, []), undone
    assert content(workspace.root) == BEFORE, content(workspace.root)
    assert not (workspace.root / "new").exists()


def content(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


def kill_at(line: int) -> None:
    """End this process without a word when our code gets to its n-th line."""
    left = line

    def on_line(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return on_line

    def on_call(frame: FrameType, event: str, arg: object) -> Any:
        return on_line if frame.f_code.co_filename.startswith(TRACED) else None

    threading.settrace(on_call)
    sys.settrace(on_call)


def in_child(work: Callable[[], None]) -> int:
    """The wait status of a forked process that does this."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except Exception:
            logging.exception("the child failed")
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]


def try_one(dsn: str, folder: Path, line: int) -> tuple[bool, bool]:
    """Whether it was killed before the end, and whether the resume went well."""
    root = folder / str(line) / "project"
    for name, text in BEFORE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)

    def first() -> None:
        kill_at(line)
        asyncio.run(with_workspace(dsn, root, f"run {line}", all_calls))

    killed = in_child(first) == signal.SIGKILL
    went_well = in_child(lambda: asyncio.run(with_workspace(dsn, root, f"run {line}", resume))) == 0
    return killed, went_well


def main() -> None:
    dsn, folder, first, step = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    places, wrong, line = 0, [], first
    while True:
        killed, went_well = try_one(dsn, folder, line)
        places += killed
        if not went_well:
            wrong.append(line)
        if not killed:
            break
        line += step
    sys.stdout.write(json.dumps({"places": places, "last": line, "wrong": wrong}))


if __name__ == "__main__":
    main()
