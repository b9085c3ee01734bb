"""Real commands of the real executor on a real repository."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from backend_developer.nodes.write.tools import Toolbox
from backend_developer.workspace.workspace import Workspace


def fingerprint(root: Path) -> dict[str, str]:
    """Every file and link of the project, git's own included."""
    return {
        str(path.relative_to(root)): (
            str(path.readlink()) if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
        )
        for path in root.rglob("*")
        if path.is_symlink() or path.is_file()
    }


async def bash(toolbox: Toolbox, command: str, call_id: str = "1") -> str:
    return (await toolbox.call("bash", {"command": command}, call_id)).text


FORBIDDEN = [
    "echo cheat > tests/test_main.py",
    "rm -r tests",
    "mv tests tests2 && mkdir src && mv tests2 src/tests",
    "echo cheat > test_new.py",
    "mkdir -p .ai/generated-code && echo x > .ai/generated-code/x.py",
    "echo x > ../outside/new.txt",
    "ln -s ../outside out && echo x > out/new.txt",
    "ln -s ../outside/theirs.txt t && echo x >> t",
    "echo '[alias]' >> .git/config",
    "git config user.name other",
    "echo '#!/bin/sh' > .git/hooks/pre-commit",
    "git add -A",
    "git -c user.name=u -c user.email=u@example.invalid commit -qam two",
    "git checkout -q -b other && git branch -D main",
    "git stash drop -q",
    "git stash drop -q && git reflog expire --expire=now --all && git gc -q --prune=now",
    "git tag v1",
    "rm -rf .git",
    "mv .git .git2 && cp -r .git2 .git && rm -r .git2",
    "echo KEY=2 >> .env",
    "printf '*\\n' > .git/info/exclude; echo cheat >> tests/test_main.py",
    "echo x > backend-developer.toml",
    "git init -q sub",
]


@pytest.mark.parametrize("command", FORBIDDEN)
async def test_leaves_no_trace_of_what_is_forbidden(
    toolbox: Toolbox, workspace: Workspace, root: Path, command: str
) -> None:
    before = fingerprint(root)
    answer = await toolbox.call("bash", {"command": command}, "1")
    assert fingerprint(root) == before
    assert not answer.ok
    assert await workspace.journal.files_changed() == []


async def test_git_still_works_after_it_was_put_back(toolbox: Toolbox, root: Path) -> None:
    status = (
        "git status --porcelain=v1 && git stash list && git log --oneline && git fsck --full 2>&1 | grep -v dangling"
    )
    before = await bash(toolbox, status, "1")
    await bash(toolbox, "git stash drop -q; git reflog expire --expire=now --all; git gc -q --prune=now", "2")
    assert await bash(toolbox, status, "3") == before
    assert "MM main.py" in before
    assert "stash@{0}" in before


@pytest.mark.parametrize(
    ("command", "changed"),
    [
        ("sed -i s/4/5/ main.py", ["main.py"]),
        ("rm untracked.txt", ["untracked.txt"]),
        ("mkdir -p a/b && cp main.py a/b/c.py && python3 -m compileall -q a", ["a/b/c.py"]),
        ("git mv main.py app.py", ["app.py", "main.py"]),
        ("git checkout -- main.py", ["main.py"]),
        ("chmod +x main.py", []),
        ("touch main.py", []),
        ("git status; git diff; git log", []),
        ("ln -s main.py alias.py", ["alias.py"]),
        ("mkdir empty", []),
    ],
)
async def test_takes_over_what_is_allowed_and_can_undo_it(
    toolbox: Toolbox, workspace: Workspace, root: Path, command: str, changed: list[str]
) -> None:
    before = fingerprint(root)
    await bash(toolbox, command)
    assert await workspace.journal.files_changed() == changed
    await workspace.undo()
    assert fingerprint(root) == before
    assert not (root / "main.py").stat().st_mode & 0o111
    assert {path.name for path in root.iterdir()} == {
        ".env", ".git", ".gitignore", "main.py", "tests", "untracked.txt"
    }  # fmt: skip


async def test_a_command_sees_what_the_tools_wrote_and_the_other_way_round(toolbox: Toolbox, root: Path) -> None:
    await toolbox.call("write", {"path": "a.py", "content": "print(6 * 7)\n"}, "1")
    assert (await bash(toolbox, "python3 a.py", "2")) == "42\n[exit code 0]"
    await bash(toolbox, "echo 'print(1)' > a.py", "3")
    assert (await toolbox.call("read", {"path": "a.py"}, "4")).text == "1\tprint(1)"


async def test_a_time_limit_and_a_command_that_is_interrupted(
    toolbox: Toolbox, workspace: Workspace, root: Path
) -> None:
    text = (await toolbox.call("bash", {"command": "echo a > a.txt; sleep 60", "timeout": 0.5}, "1")).text
    assert text == "(no output)\n[ended at its time limit]\nChanged: a.txt."
    running = asyncio.create_task(toolbox.call("bash", {"command": "echo b > a.txt; sleep 60"}, "2"))
    while (root / "a.txt").read_text() != "b\n":
        await asyncio.sleep(0.02)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [item.path for item in (await workspace.recover()).undone] == ["a.txt"]
    assert (root / "a.txt").read_text() == "a\n"


async def test_a_long_output_keeps_its_head_and_its_tail(toolbox: Toolbox) -> None:
    text = await bash(toolbox, "seq 1 100000")
    assert text.startswith("1\n2\n")
    assert text.endswith("99999\n100000\n[exit code 0]")
    assert len(text) < 12_100
