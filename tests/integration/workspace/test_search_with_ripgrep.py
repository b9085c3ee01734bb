"""The text search answers the same with the real ripgrep and without, and the same as a search of every line."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_developer.contract import CallFailed, Settings
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.guard import Guard
from backend_developer.workspace.lines import LINE_CHARS, Hit, compile_pattern
from backend_developer.workspace.prefilter import required_literals
from backend_developer.workspace.search import Search
from backend_developer.workspace.text import decode
from backend_developer.workspace.tree import Tree

NAMES = ["a.py", "b.txt", "app/c.py", "app/d.log", "logs/e.py", "-f.py", "é.py", ".hidden.py"]
WORDS = ["user", "USER", "u\u017fer", "key_", "Key_", "\u212aey_", "\u0130d_x", "id_x", "é", "да", "class ", "x", "\t"]
PIECES = [*WORDS, "\n", "\r\n", "\r", " ", "y" * (LINE_CHARS - 3), "\0"]
HEADS = ["", "", "", "# coding: cp1251\n", "# coding: utf-16-le\n", "# coding: punycode\n"]
ENCODINGS = ["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1", "cp1251"]
IGNORED = ["", "*.log\n", "logs/\n", "*.py\n!a.py\n", "/app/\n"]
PATTERNS = [
    *["user", "key_", "class ", "id_x", "u\u017fer", "é", "да", r"\x75ser", r"\w+", r"\s", r"\b", ".", "|", "^", "$"],
    *["[ks]", r"[\])]", "(", ")", "(?:", "?", "+", "{2}", "x{3}", r"\."],
]


@st.composite
def _file(draw: st.DrawFn) -> bytes:
    text = draw(st.sampled_from(HEADS)) + "".join(draw(st.lists(st.sampled_from(PIECES), max_size=6)))
    encoding = draw(st.sampled_from(ENCODINGS))
    bom = b"\xfe\xff" if encoding == "utf-16-be" else b""
    return bom + text.encode(encoding, "replace")


def _compiles(pattern: str) -> bool:
    try:
        compile_pattern(pattern)
    except CallFailed:
        return False
    return True


FILES = st.dictionaries(st.sampled_from(NAMES), _file(), min_size=1)
PATTERN = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "(?i)"]),
    st.sampled_from(["", "user", "key_", "id_x", "user|key_"]),
    st.lists(st.sampled_from(PATTERNS), max_size=3).map("".join),
).filter(_compiles)


def _write(root: Path, files: Mapping[str, bytes], ignored: str) -> None:
    # ripgrep's own ignore files are none of ours.
    for name, data in {**files, ".gitignore": ignored.encode(), ".ignore": b"*\n", ".rgignore": b"*\n"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


def _search(root: Path, state: Path, path: str) -> Search:
    """A search on a machine with this PATH, which asks ripgrep however few files there are."""
    guard = Guard(root)
    tree = Tree(guard.root, guarded=lambda name: guard.refusal(name) is not None, encloses=guard.encloses)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", path)
        return Search(guard, tree, Executor(guard.root, state, Settings(state_dir=state)), ripgrep_from=0)


def _every_line(root: Path, paths: list[str], pattern: str) -> list[Hit]:
    """The answer by the plainest search there is."""
    found = []
    for path in paths:
        decoded = decode((root / path).read_bytes())
        lines = decoded.text.split("\n") if decoded else []
        if lines and not lines[-1]:
            lines.pop()
        for number, line in enumerate(lines, 1):
            if re.search(pattern, line.rstrip("\r")[:LINE_CHARS]):
                found.append(Hit(path, number, line.strip()))
    return found


@settings(database=None, deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES, ignored=st.sampled_from(IGNORED), patterns=st.lists(PATTERN, min_size=1, max_size=3))
async def test_the_answers_are_the_same_with_ripgrep_and_without(
    ripgrep_folder: Path, files: dict[str, bytes], ignored: str, patterns: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, state = Path(folder, "project"), Path(folder, "logs")
        state.mkdir()
        _write(root, files, ignored)
        without = _search(root, state, os.devnull)
        helped = _search(root, state, str(ripgrep_folder))
        paths = await without.glob("")
        for pattern in patterns:
            plain = await without.grep(pattern, limit=10_000)
            assert plain.found == _every_line(root, paths, pattern)
            before = _commands_run(state)
            assert await helped.grep(pattern, limit=10_000) == plain
            asked = bool(required_literals(pattern.removeprefix("(?i)")))
            assert (_commands_run(state) > before) == asked


def _commands_run(state: Path) -> int:
    return len(list(state.glob("*")))
