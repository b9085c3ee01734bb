"""A project costs the grammars of its own languages alone."""

import asyncio
import sys
from pathlib import Path

ASK = """
import asyncio, sys
from pathlib import Path
from backend_developer.interfaces.cli import main
try:
    main(["scan", "create", "-w", sys.argv[1]])
except SystemExit as ended:
    assert ended.code == 0, ended
print(sorted(name for name in sys.modules if name.startswith("tree_sitter_") and "." not in name))
print([name for name in ("langgraph", "langchain_core", "openai", "psycopg") if name in sys.modules])
"""


async def modules(root: Path, state: Path) -> list[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ASK, str(root),
        stdout=asyncio.subprocess.PIPE, env={"BACKEND_DEVELOPER_STATE_DIR": str(state)},
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode().splitlines()[-2:]


async def test_only_what_the_project_needs_is_loaded(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "users.py").write_text("def create(): ...\n")
    assert await modules(root, tmp_path / "state") == ["['tree_sitter_python']", "[]"]
    (root / "users.py").unlink()
    (root / "users.go").write_text("package a\nfunc create() {}\n")
    assert await modules(root, tmp_path / "state") == ["['tree_sitter_go']", "[]"]


async def test_a_warm_index_needs_no_grammar_at_all(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "users.ts").write_text("export function create() {}\n")
    await modules(root, tmp_path / "state")
    await asyncio.sleep(0.1)
    assert await modules(root, tmp_path / "state") == ["[]", "[]"]
