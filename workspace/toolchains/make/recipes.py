"""What the commands of a recipe are: tools that a toolchain runs as well, something else, or nothing for a gate."""

import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from backend_developer.workspace.toolchains.base import StepKind


class Call(NamedTuple):
    """One tool by the name of its step, with its arguments."""

    tool: str
    arguments: tuple[str, ...] = ()


_SHELL = re.compile(r"[|&;<>$`(){}\n*]")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_PYTHON = re.compile(r"python[\d.]*")
_INTERPRETER = re.compile(r"(?:python[\d.]*|(?:ba|da|z)?sh|node|deno|bun|ruby|perl|php|source|\.|time|env|exec)")
_PARTS = re.compile(r"&&|\|\||[;|&\n]")
_RUNNERS = (
    *((name, "run") for name in ("poetry", "uv", "pipenv", "pdm", "hatch")),
    ("pnpm", "exec"),
    ("npx",),
)
_SUBCOMMANDS = {
    ("ruff", "check"): "ruff",
    ("ruff", "format"): "ruff-format",
    ("go", "vet"): "vet",
    ("go", "fmt"): "gofmt",
    ("go", "build"): "go",
    ("go", "test"): "go-test",
    ("golangci-lint", "run"): "golangci-lint",
    ("cargo", "clippy"): "clippy",
    ("cargo", "check"): "check",
    ("cargo", "fmt"): "rustfmt",
    ("cargo", "build"): "cargo",
    ("cargo", "test"): "cargo-test",
    ("dotnet", "format"): "dotnet-format",
    ("dotnet", "build"): "dotnet-build",
    ("dotnet", "test"): "dotnet-test",
    ("biome", "check"): "biome",
    ("manage.py", "test"): "django",
}
KNOWN = frozenset(_SUBCOMMANDS.values()) | {
    "black", "eslint", "flake8", "gofmt", "isort", "jest", "mocha", "mypy", "node", "pytest", "tsc", "tsgo",
    "unittest", "vitest",
}  # fmt: skip
"""The tools whose steps are called what they are called here."""

_PLAIN = frozenset(
    {
        ".", "./...", "--", "-q", "-qq", "-v", "-vv", "-s", "-l", "-x", "-ra", "-rA", "-cover", "-count=1",
        "--quiet", "--verbose", "--check", "--check-only", "--diff", "--fix", "--exitfirst", "--all", "--workspace",
        "--all-targets", "--no-fail-fast", "--noEmit", "--release", "discover",
    }
)  # fmt: skip
"""Arguments that change nothing of what is judged, or that a toolchain sets by itself."""
_PLAIN_BEGINNINGS = ("--tb", "--maxfail", "--cov", "--color", "--durations", "-timeout=", "--timeout=")

_REACHES_OUT = re.compile(
    r"(?<![\w./-])(?:docker|docker-compose|podman|kubectl|helm|minikube|vagrant|terraform|ansible\S*|ssh|scp|rsync|curl|wget"
    r"|sudo|apt|apt-get|brew|backend-developer)(?=\s|$)"
    r"|\b(?:pip3?|npm|pnpm|yarn|bun|poetry|uv|pipenv|pdm|bundle|composer|cargo|go)\s+(?:install|ci|add|sync|get)\b"
    r"|\buv\s+pip\b|\bgo\s+mod\s+download\b|\bgit\s+(?:push|pull|clone|fetch|commit)\b"
)
_REWRITES = re.compile(
    r"(?<!\S)--(?:fix|write)\b|\bgo\s+fmt\b|\b(?:gofmt|goimports|gofumpt)\s+(?:-\w+\s+)*-w\b"
    r"|\b(?:black|isort|ruff\s+format|cargo\s+fmt|dotnet\s+format)\b(?!.*--(?:check|diff|verify))"
)
_SILENT = frozenset({"echo", "printf", "true", ":", "mkdir", "set", "export"})


def calls(commands: Iterable[str]) -> list[Call | None]:
    """The tools that command lines call; None for each part that needs a shell. What only prints is left out."""
    parts = [part.strip() for command in commands for part in command.split("&&")]
    return [call for part in parts if (call := _call(part)) is None or call.tool not in _SILENT]


def is_gate(commands: Iterable[str]) -> bool:
    """Whether a gate may run them: they start no container, fetch nothing, run no gates, and rewrite no source."""
    return not any(_REACHES_OUT.search(command) or _REWRITES.search(command) for command in commands)


def is_plain(call: Call, kind: StepKind) -> bool:
    """Whether its arguments ask for no more and no less than a toolchain does, which looks at the whole package."""
    return all(_is_plain(word, kind) for word in call.arguments)


def tools(commands: Iterable[str]) -> frozenset[str]:
    """The known tools that command lines name."""
    return frozenset(call.tool for call in calls(commands) if call) & KNOWN


def scripts(commands: Iterable[str]) -> Iterator[str]:
    """The paths that command lines execute: programs, and what a shell or an interpreter is given."""
    for part in (part for command in commands for part in _PARTS.split(command)):
        words = [word.strip("\"'(){}").removeprefix("./") for word in part.split()]
        words = [word for word in words if word and not _ASSIGNMENT.fullmatch(word)]
        yield from words[:1]
        if words and _INTERPRETER.fullmatch(PurePosixPath(words[0]).name):
            yield from (word for word in words[1:] if not word.startswith("-"))


def _is_plain(word: str, kind: StepKind) -> bool:
    if word in _PLAIN or word.startswith(_PLAIN_BEGINNINGS):
        return True
    if kind == "build" and word == "-o":
        return True
    return kind != "tests" and not word.startswith("-")


def _call(command: str) -> Call | None:
    if _SHELL.search(command):
        return None
    try:
        words = list(_unwrapped(shlex.split(command)))
    except ValueError:
        return None
    if not words or _ASSIGNMENT.fullmatch(words[0]):
        return None
    if known := _SUBCOMMANDS.get((words[0], words[1] if len(words) > 1 else "")):
        return Call(known, tuple(words[2:]))
    return Call(words[0], tuple(words[1:]))


def _unwrapped(words: list[str]) -> Iterator[str]:
    """Without what only leads to the tool: `poetry run`, `python -m`, the folder of its program."""
    for runner in _RUNNERS:
        if tuple(words[: len(runner)]) == runner:
            words = words[len(runner) :]
    if words and _PYTHON.fullmatch(PurePosixPath(words[0]).name):
        if words[1:2] == ["-m"]:
            words = words[2:]
        elif words[1:2] == ["manage.py"]:
            words = words[1:]
    if words:
        yield PurePosixPath(words[0]).name if not _ASSIGNMENT.fullmatch(words[0]) else words[0]
        yield from words[1:]
