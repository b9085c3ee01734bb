from pathlib import Path

import pytest

from backend_developer.nodes.write.tools import Toolbox


async def read(toolbox: Toolbox, path: str, **args: int) -> str:
    return (await toolbox.call("read", {"path": path, **args}, "1")).text


async def test_numbers_the_lines(toolbox: Toolbox) -> None:
    assert await read(toolbox, "app/main.py") == "1\timport os\n2\t\n3\t\n4\tdef main():\n5\t    return os.name"


async def test_reads_a_part_and_says_how_to_go_on(toolbox: Toolbox) -> None:
    assert await read(toolbox, "app/main.py", offset=2, limit=3) == (
        "2\t\n3\t\n4\tdef main():\n(lines 2-4 of 5; go on with offset=5)"
    )
    assert (await read(toolbox, "app/main.py", offset=5)).endswith("(lines 5-5 of 5)")
    assert "has 5 lines" in await read(toolbox, "app/main.py", offset=6)


async def test_shows_only_what_there_is_room_for(toolbox: Toolbox, root: Path) -> None:
    (root / "long.txt").write_text("".join(f"line {number}\n" for number in range(1, 1001)))
    text = await read(toolbox, "long.txt")
    assert len(text) < 1100
    last = int(text.splitlines()[-2].partition("\t")[0])
    assert text.endswith(f"(lines 1-{last} of 1000; go on with offset={last + 1})")
    assert (await read(toolbox, "long.txt", offset=last + 1)).startswith(f"{last + 1}\tline {last + 1}\n")


async def test_binary_empty_and_over_long_lines(toolbox: Toolbox, root: Path) -> None:
    (root / "a.bin").write_bytes(b"\0" * 100)
    (root / "empty").touch()
    (root / "min.js").write_text("x" * 100_000)
    assert await read(toolbox, "a.bin") == "a.bin is binary, 100 bytes."
    assert await read(toolbox, "empty") == "empty is empty."
    assert "(98000 more characters)" in await read(toolbox, "min.js")


async def test_a_huge_file_is_read_from_the_offset_on(toolbox: Toolbox, root: Path) -> None:
    with (root / "huge.sql").open("w") as file:
        file.writelines(f"{number:099}\n" for number in range(100_000))
    text = await read(toolbox, "huge.sql", offset=50_001, limit=2)
    assert text == f"50001\t{50_000:099}\n50002\t{50_001:099}\n(lines 50001-50002 of a file of 10000000 bytes)"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("main.py", "main.py does not exist. Near to it: app/main.py."),
        ("app/mian.py", "Near to it: app/main.py"),
        ("zzz", "Use `glob` or `list`"),
        ("app", "is a folder; use `list`"),
        (".env", "may hold secrets"),
        ("../../etc/passwd", "outside the workspace"),
        ("app/main.py/x", "does not exist"),
    ],
)
async def test_says_what_to_do_where_it_cannot_read(toolbox: Toolbox, path: str, told: str) -> None:
    answer = await toolbox.call("read", {"path": path}, "1")
    assert not answer.ok
    assert told in answer.text


async def test_lists_a_tree(toolbox: Toolbox) -> None:
    assert (await toolbox.call("list", {}, "1")).text == (
        ".env\nREADME.md\napp/\n  main.py\n  windows.py\ntests/\n  test_main.py"
    )
    assert (await toolbox.call("list", {"path": "app"}, "1")).text == "main.py\nwindows.py"
    assert "is a file" in (await toolbox.call("list", {"path": "README.md"}, "1")).text


async def test_counts_what_lies_too_deep_to_be_listed(toolbox: Toolbox, root: Path) -> None:
    for number in range(200):
        (root / "data/deep").mkdir(parents=True, exist_ok=True)
        (root / f"data/deep/{number}.txt").touch()
    text = (await toolbox.call("list", {}, "1")).text
    assert "data/\n  deep/ (200 files)" in text
    assert "... and 50 more" in (await toolbox.call("list", {"path": "data/deep"}, "1")).text


async def test_globs_and_greps(toolbox: Toolbox) -> None:
    assert (await toolbox.call("glob", {"pattern": "*.py"}, "1")).text == (
        "app/main.py\napp/windows.py\ntests/test_main.py"
    )
    assert (await toolbox.call("glob", {"pattern": "*.go"}, "1")).text == "No file fits."
    assert (await toolbox.call("grep", {"pattern": r"def \w+"}, "1")).text == (
        "app/main.py:4: def main():\ntests/test_main.py:1: def test_main(): pass"
    )
    # The user's own text writes alternatives as grep's basic expressions do.
    assert "app/main.py:1" in (await toolbox.call("grep", {"pattern": r"import\|export", "path": "app"}, "1")).text
    assert (await toolbox.call("grep", {"pattern": "KEY"}, "1")).text == "No line matches."
    assert "does not exist" in (await toolbox.call("grep", {"pattern": "x", "path": "src"}, "1")).text
