import textwrap
from pathlib import Path

import pytest

from backend_developer.workspace.services.tracebacks import Crash, find_crashes, strip_colour


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path in ("app/main.py", "app/db.py", "server.js", "main.go", "src/main.rs", "Users.cs", ".venv/lib/x.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    return tmp_path


def crashes(root: Path, text: str) -> list[Crash]:
    lines = textwrap.dedent(text).replace("ROOT", str(root)).splitlines()
    return find_crashes(lines, root, root)


def test_the_innermost_place_of_the_project_is_named(root: Path) -> None:
    (crash,) = crashes(
        root,
        """\
        INFO: started
        Traceback (most recent call last):
          File "ROOT/app/main.py", line 5, in handler
            load(1)
          File "ROOT/app/db.py", line 9, in load
            raise KeyError("id")
          File "ROOT/.venv/lib/x.py", line 3, in inner
            ...
          File "/usr/lib/python3.11/json/__init__.py", line 3, in loads
        KeyError: 'id'
        INFO: next
        """,
    )

    assert crash == Crash("KeyError: 'id'", first=1, last=9, file="app/db.py", line=9)


def test_a_path_relative_to_the_folder_is_found(root: Path) -> None:
    (crash,) = crashes(
        root,
        """\
        Traceback (most recent call last):
          File "app/main.py", line 3
            def broken(:
                       ^
        SyntaxError: invalid syntax
        """,
    )

    assert (crash.message, crash.file, crash.line) == ("SyntaxError: invalid syntax", "app/main.py", 3)


@pytest.mark.parametrize(
    "between",
    [
        "During handling of the above exception, another exception occurred:",
        "The above exception was the direct cause of the following exception:",
    ],
)
def test_chained_exceptions_are_one_crash(root: Path, between: str) -> None:
    (crash,) = crashes(
        root,
        f"""\
        Traceback (most recent call last):
          File "ROOT/app/db.py", line 2, in a
        KeyError: 'x'

        {between}

        Traceback (most recent call last):
          File "/usr/lib/y.py", line 4, in b
        ValueError: no x
        """,
    )

    assert (crash.message, crash.file, crash.line) == ("ValueError: no x", "app/db.py", 2)


def test_an_exception_group_is_one_crash_told_by_its_leaf(root: Path) -> None:
    (crash,) = crashes(
        root,
        """\
        ERROR:    Exception in ASGI application
          + Exception Group Traceback (most recent call last):
          |   File "/site/starlette/x.py", line 76, in collapse
          |     yield
          | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
          +-+---------------- 1 ----------------
            | Traceback (most recent call last):
            |   File "ROOT/app/main.py", line 8, in create
            |     return 1 / 0
            | ZeroDivisionError: division by zero
            +------------------------------------
        """,
    )

    assert (crash.message, crash.file, crash.line) == ("ZeroDivisionError: division by zero", "app/main.py", 8)


def test_two_crashes_in_a_row_stay_two(root: Path) -> None:
    one = 'Traceback (most recent call last):\n  File "ROOT/app/db.py", line 2, in a\nKeyError: 1\n'

    assert [crash.message for crash in crashes(root, one + "INFO: between\n" + one)] == ["KeyError: 1"] * 2
    assert len(crashes(root, one + one)) == 2


def test_a_traceback_that_breaks_off_is_told(root: Path) -> None:
    (crash,) = crashes(root, 'Traceback (most recent call last):\n  File "ROOT/app/db.py", line 2, in a\n')

    assert (crash.file, crash.line) == ("app/db.py", 2)
    assert "breaks off" in crash.message


@pytest.mark.parametrize(
    ("text", "message", "file", "line"),
    [
        (
            "TypeError: x is undefined\n    at /usr/lib/node.js:3:1\n    at create (ROOT/server.js:14:9)\n",
            "TypeError: x is undefined",
            "server.js",
            14,
        ),
        (
            "panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\tROOT/main.go:5 +0x1d\n",
            "panic: boom",
            "main.go",
            5,
        ),
        (
            "thread 'main' panicked at src/main.rs:4:5:\nno user\nnote: run with `RUST_BACKTRACE=1`\n",
            "thread 'main' panicked at src/main.rs:4:5: no user",
            "src/main.rs",
            4,
        ),
        (
            "Unhandled exception. System.Exception: x\n   at Users.Get() in ROOT/Users.cs:line 12\n",
            "Unhandled exception. System.Exception: x",
            "Users.cs",
            12,
        ),
    ],
    ids=["node", "go", "rust", "dotnet"],
)
def test_crashes_of_other_languages(root: Path, text: str, message: str, file: str, line: int) -> None:
    (crash,) = crashes(root, text)

    assert (crash.message, crash.file, crash.line) == (message, file, line)


@pytest.mark.parametrize("text", ["ValidationError: name is missing", "the traceback was fine", "panic: later\nok\n"])
def test_a_mention_of_an_error_is_no_crash(root: Path, text: str) -> None:
    assert crashes(root, text) == []


def test_colours_are_stripped() -> None:
    assert strip_colour("\x1b[31mERROR\x1b[0m:  x") == "ERROR:  x"


COMPILED = [
    (
        "2026/11/24 12:00:00 http: panic serving 127.0.0.1:4: boom\ngoroutine 7 [running]:\n"
        "net/http.(*conn).serve.func1()\n\t/go/src/net/http/server.go:1947 +0xb0\npanic({0x6, 0x7})\n"
        "\t/go/src/runtime/panic.go:859 +0x1\nmain.read(0x1)\n\tROOT/main.go:9 +0x2\ncreated by x in goroutine 1\n"
        "2026/11/24 12:00:01 next line\n",
        "http: panic serving 127.0.0.1:4: boom",
        "main.go",
        9,
    ),
    (
        "panic: runtime error: invalid memory address\n[signal SIGSEGV: segmentation violation]\n\n"
        "goroutine 1 [running]:\nmain.main()\n\tROOT/main.go:3 +0x1d\nexit status 2\n",
        "panic: runtime error: invalid memory address",
        "main.go",
        3,
    ),
    (
        "2026/11/24 12:00:00 [Recovery] panic recovered:\nGET /users HTTP/1.1\n\nboom\n"
        "/go/src/runtime/panic.go:5 (0x4)\nROOT/main.go:8 (0x5)\n\tmain.func1: panic()\n",
        "2026/11/24 12:00:00 [Recovery] panic recovered: boom",
        "main.go",
        8,
    ),
    (
        "thread 'worker' (1234) panicked at /rustc/1/library/core/src/option.rs:4:5:\nno user\nstack backtrace:\n"
        "   0: rust_begin_unwind\n             at /rustc/1/library/std/src/panicking.rs:1:2\n"
        "   1: shop::load\n             at ./src/main.rs:14:9\nnote: Some details are omitted\n",
        "thread 'worker' (1234) panicked at /rustc/1/library/core/src/option.rs:4:5: no user",
        "src/main.rs",
        14,
    ),
    (
        "fail: Microsoft.AspNetCore.Server.Kestrel[13]\n      An unhandled exception was thrown by the application.\n"
        "      System.InvalidOperationException: no user\n         at System.Linq.First[T]()\n"
        "         at Users.Get(Int32 id) in ROOT/Users.cs:line 12\ninfo: Next[0]\n",
        "System.InvalidOperationException: no user",
        "Users.cs",
        12,
    ),
]


@pytest.mark.parametrize(
    ("text", "message", "file", "line"), COMPILED, ids=["net/http", "go signal", "gin", "rust thread", "aspnet"]
)
def test_panics_of_compiled_languages(root: Path, text: str, message: str, file: str, line: int) -> None:
    (crash,) = crashes(root, text)

    assert (crash.message, crash.file, crash.line) == (message, file, line)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        (
            'file://ROOT/server.js:2\nconst = 2;\n      ^\n\nSyntaxError: Unexpected token "="\n'
            "    at compileSourceTextModule (node:internal/modules/esm/utils:346:16)\n",
            'SyntaxError: Unexpected token "="',
            2,
        ),
        (
            "[users:create] failed TypeError: boom\n    at f (file://ROOT/server.js:7:9)\n",
            "[users:create] failed TypeError: boom",
            7,
        ),
        (
            '[UnhandledPromiseRejection: The promise rejected with the reason "no"] {\n  code: "ERR_UNHANDLED"\n}\n',
            '[UnhandledPromiseRejection: The promise rejected with the reason "no"] {',
            None,
        ),
    ],
)
def test_crashes_as_node_prints_them(root: Path, text: str, message: str, line: int | None) -> None:
    (crash,) = crashes(root, text)
    assert (crash.message, crash.file, crash.line) == (message, "server.js" if line else None, line)


def test_an_error_that_is_only_named_in_a_log_line_of_node_is_no_crash(root: Path) -> None:
    assert crashes(root, "[users:find] no TypeError: fine\n[users:find] done\n") == []
