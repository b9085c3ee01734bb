from pathlib import Path

import pytest

from backend_developer.contract import CallFailed
from backend_developer.workspace.guard import Guard
from backend_developer.workspace.search import Search, expand_braces
from backend_developer.workspace.tree import Tree


@pytest.fixture
def search(tmp_path: Path) -> Search:
    files = {
        "app/main.py": "import users\n\ndef create_user():\n    pass\n",
        "app/users.py": "class User:\r\n    name = 'café'\r\n",
        "web/a.ts": "create_user()\n",
        "web/b.tsx": "x\n",
        "logs/a.log": "create_user\n",
        ".env": "create_user=secret\n",
        ".gitignore": "logs/\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    (tmp_path / "app/x.bin").write_bytes(b"\0create_user\n")
    (tmp_path / "app/old.py").write_bytes("# créer create_user".encode("latin-1"))
    guard = Guard(tmp_path)
    tree = Tree(guard.root, guarded=lambda path: guard.refusal(path) is not None, encloses=guard.encloses)
    return Search(guard, tree)


@pytest.mark.parametrize(
    ("pattern", "start", "paths"),
    [
        ("*.py", ".", ["app/main.py", "app/old.py", "app/users.py"]),
        ("web/*.{ts,tsx}", ".", ["web/a.ts", "web/b.tsx"]),
        ("./app/m*", ".", ["app/main.py"]),
        ("**/*.ts", ".", ["web/a.ts"]),
        ("*.ts*", "web", ["web/a.ts", "web/b.tsx"]),
        ("*.log", ".", []),
        ("app", "app/main.py", ["app/main.py"]),
    ],
)
async def test_globs(search: Search, pattern: str, start: str, paths: list[str]) -> None:
    assert await search.glob(pattern, start) == paths


async def test_greps_in_the_order_of_paths_and_lines(search: Search) -> None:
    hits = await search.grep(r"create_user|class\s+User")
    assert hits.found == [
        ("app/main.py", 3, "def create_user():"),
        ("app/old.py", 1, "# créer create_user"),
        ("app/users.py", 1, "class User:"),
        ("web/a.ts", 1, "create_user()"),
    ]
    assert not hits.more


async def test_greps_below_a_folder_a_glob_and_a_limit(search: Search) -> None:
    assert [hit.path for hit in (await search.grep("user", "web")).found] == ["web/a.ts"]
    assert [hit.path for hit in (await search.grep("create_user", ".", "*.ts")).found] == ["web/a.ts"]
    hits = await search.grep("e", limit=2)
    assert len(hits.found) == 2
    assert hits.more


async def test_a_line_ends_before_its_line_end(search: Search) -> None:
    assert [hit.line for hit in (await search.grep("User:$")).found] == [1]
    assert [hit.path for hit in (await search.grep("café")).found] == ["app/users.py"]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [("(", "no regular expression"), (r"(a+)+$", "run for ever"), ("a{99999999999}", "no regular expression")],
)
async def test_refuses_a_pattern_with_what_to_do(search: Search, pattern: str, why: str) -> None:
    with pytest.raises(CallFailed, match=why):
        await search.grep(pattern)


def test_expands_braces() -> None:
    assert expand_braces("*.{ts,tsx}") == ["*.ts", "*.tsx"]
    assert expand_braces("{a,b{c,d}}x") == ["ax", "bcx", "ax", "bdx"]
    assert expand_braces("{a}") == ["{a}"]
