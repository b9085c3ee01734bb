"""What a script of package.json really runs: a tool, called plainly enough that we can call it ourselves.

Only then can the tool be asked for output that a machine reads; any other script is run as it stands.
"""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import PurePosixPath

_SHELL = re.compile(r"[|&;<>$`(){}\n]|\\")
_ASSIGNMENT = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>.*)", re.DOTALL)
_RUNNERS = frozenset({"npx", "cross-env", "cross-env-shell"})
_NO_TESTS = re.compile(r"no tests? (?:specified|yet|configured)|^(?:exit 0|true|:)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Call:
    """A program with its arguments and variables."""

    tool: str
    arguments: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)


def plain_call(script: str) -> Call | None:
    """The one program that a script calls; None for pipes, lists and whatever else needs a shell."""
    if _SHELL.search(script):
        return None
    try:
        words = shlex.split(script)
    except ValueError:
        return None
    env: dict[str, str] = {}
    while words:
        assigned = _ASSIGNMENT.fullmatch(words[0])
        if assigned:
            env[assigned["name"]] = assigned["value"]
        elif words[0] not in _RUNNERS:
            return Call(PurePosixPath(words[0]).name, tuple(words[1:]), env)
        words.pop(0)
    return None


def is_placeholder(script: str) -> bool:
    """Whether a script `test` only says that there are no tests, as `npm init` writes it."""
    return bool(_NO_TESTS.search(script.strip()))
