"""What a run may not do, tried with each tool: it is refused or taken back, the model is told, the rest goes on."""

import subprocess
from pathlib import Path

import pytest

from tests.support.model_server import ModelServer, Reply, call
from tests.support.product import CORRECT, Product, answers, picture, script, write_files

FORBIDDEN = [
    "tests/test_prices.py",
    "tests/test_new.py",
    ".ai/generated-code/x.py",
    "../outside/kept.txt",
    "leak/kept.txt",
    "shortcut.py",
    ".git/config",
    ".git/hooks/pre-commit",
    ".env",
]
COMMANDS = [
    "echo x >> tests/test_prices.py",
    "rm tests/test_prices.py",
    "rm -rf tests",
    "echo 'def test_x(): pass' > tests/test_x.py",
    "mkdir -p .ai/generated-code && echo x > .ai/generated-code/x.py",
    "echo x > ../outside/stolen.txt",
    "echo x >> leak/kept.txt",
    "ln -s ../outside door && echo x > door/stolen.txt",
    "ln -sf /dev/null tests/test_prices.py",
    "git config user.name mallory",
    "git add -A && git commit -q -m mine --allow-empty",
    "git checkout -q -b mine",
    "git stash -q -u",
    "git reset -q --hard",
    "git rm -q -r --cached . && git commit -q -m gone && rm untracked.txt",
    "echo x > .git/hooks/pre-commit",
    "rm -rf .git",
    "echo KEY=1 > .env",
]


@pytest.fixture
def guarded(product: Product) -> Product:
    """The shop under git with a dirty tree, secrets, and links to a folder beside it."""
    root = product.workspace
    write_files(root.parent, {"outside/kept.txt": "kept\n"})
    write_files(root, {".env.local": "KEY=secret\n", ".gitignore": "__pycache__/\n.pytest_cache/\n"})
    (root / "leak").symlink_to("../outside")
    (root / "shortcut.py").symlink_to("tests/test_prices.py")
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *words], check=True, capture_output=True)
    write_files(root, {"staged.txt": "staged\n", "untracked.txt": "untracked\n"})
    subprocess.run([*git, "add", "staged.txt"], check=True)
    return product


def tries() -> list[Reply]:
    by_tool = [
        (
            call("write", path=path, content="x\n"),
            call("edit", path=path, old="k", new="x"),
            call("delete", path=path),
        )
        for path in FORBIDDEN
    ]
    # A link may be deleted where the file that it leads to may not: it is the project's own.
    return [one for three, path in zip(by_tool, FORBIDDEN, strict=True) for one in three[: 2 + (path != "shortcut.py")]]


def everything(product: Product) -> dict[str, str]:
    return picture(product.workspace.parent, leave_out=("__pycache__", ".pytest_cache"))


async def test_tools_refuse_what_is_not_theirs(guarded: Product, server: ModelServer) -> None:
    server.play(script(*tries(), *CORRECT))
    before = everything(guarded)
    ended = await guarded.run(server)
    assert (ended.code, ended.report["files_changed"]) == (0, ["shop/prices.py"]), ended.err
    after = everything(guarded)
    assert {path for path in before | after if before.get(path) != after.get(path)} == {"shop/shop/prices.py"}
    told = answers(server)[: len(tries())]
    for attempt, answer in zip(tries(), told, strict=True):
        assert "so it was left alone. Instead: " in answer, (attempt.tool_calls, answer)


async def test_commands_are_refused_the_same(guarded: Product, server: ModelServer) -> None:
    turns = [call("bash", command=command) for command in COMMANDS]
    server.play(script(*turns, *CORRECT))
    before = everything(guarded)
    ended = await guarded.run(server)
    after = everything(guarded)
    assert {path for path in before | after if before.get(path) != after.get(path)} == {"shop/shop/prices.py"}
    assert (ended.code, ended.report["files_changed"]) == (0, ["shop/prices.py"]), ended.err
    for command, answer in zip(COMMANDS, answers(server), strict=False):
        denied = any(words in answer for words in ("Taken back: ", "denied", "Read-only", "Not permitted", "fatal:"))
        assert denied, (command, answer)


async def test_a_secret_is_not_read(guarded: Product, server: ModelServer) -> None:
    readers = [
        call("read", path=".env.local"),
        call("grep", pattern="KEY="),
        call("read", path="../outside/kept.txt"),
        call("bash", command="env"),
    ]
    server.play(script(*readers, *CORRECT))
    ended = await guarded.run(server)
    assert ended.code == 0, ended.err
    said = "\n".join(answers(server))
    assert "KEY=secret" not in said
    assert "kept\n" not in said
    assert "sk-acceptance" not in said
    assert Path(guarded.workspace / ".env.local").read_text() == "KEY=secret\n"
