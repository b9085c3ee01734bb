"""What psql itself does with a script: files that it includes, variables that it puts in, commands that only show.

What cannot be followed faithfully becomes a statement that is refused at its own line, so that nothing passes by it.
"""

import logging
import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from backend_developer.workspace.migrations.statements import Statement, commands_in, split

logger = logging.getLogger(__name__)

_COMMAND = re.compile(r"\\(?P<name>\w+|.)?(?P<rest>.*)", re.DOTALL)
_WORD = re.compile(r"'((?:[^']|'')*)'|(\S+)")
_ONLY_SHOWS = re.compile(
    r"echo|qecho|warn|timing|pset|x|t|a|f|h|errverbose|conninfo|restrict|unrestrict|d\w*|l|sf|sv|z", re.ASCII
)
"""The last but `restrict`, which guards a dump of pg_dump against commands in it, show something of the schema."""
_INCLUDES = {"i": False, "include": False, "ir": True, "include_relative": True}
_VARIABLE = re.compile(
    r"(?P<other>'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|--[^\n]*|/\*.*?\*/|::)"
    r"|:'(?P<literal>\w+)'|:\"(?P<identifier>\w+)\"|(?P<quoted>\"(?:[^\"]|\"\")*\")|:(?P<bare>\w+)",
    re.DOTALL,
)
_OFF = frozenset({"off", "0", "false", "no"})


class _Command(NamedTuple):
    line: int
    name: str
    rest: str


class Psql:
    """Reads scripts as psql would; `files` are those that they may include, by path from the root."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._variables: dict[str, str] = {}
        self._open: list[str] = []

    def read(self, path: str, script: str, first_line: int = 1) -> list[Statement]:
        """The statements of a script, those of included files with their own place."""
        if "\\" not in script:
            return [self._filled(one) for one in split(script, first_line)]
        found: list[Statement] = []
        self._open.append(path)
        for step in self._steps(script, first_line):
            found += self._follow(path, step) if isinstance(step, _Command) else [self._filled(step)]
        self._open.pop()
        return found

    def _steps(self, script: str, first_line: int) -> list[Statement | _Command]:
        """Statements and commands in their order; a command inside a statement comes before it."""
        rest = script
        steps: list[tuple[int, int, Statement | _Command]] = []
        for begin, end, opened in commands_in(script):
            match = _COMMAND.match(script[begin:end])
            line = first_line + script.count("\n", 0, begin)
            order = line if opened is None else first_line + script.count("\n", 0, opened)
            name, words = (match["name"] or "", match["rest"].strip()) if match else ("", "")
            steps.append((order, 1 if opened is None else -1, _Command(line, name, words)))
            rest = f"{rest[:begin]}{' ' * (end - begin)}{rest[end:]}"
        steps += [(one.line, 0, one) for one in split(rest, first_line)]
        return [step for _, _, step in sorted(steps, key=lambda one: one[:2])]

    def _follow(self, path: str, command: _Command) -> list[Statement]:
        if command.name in _INCLUDES:
            return self._include(path, command)
        if command.name == "set":
            return self._set(command)
        if command.name == "unset":
            self._variables.pop(command.rest, None)
            return []
        return [] if _ONLY_SHOWS.fullmatch(command.name) else [_refused(command, "is not followed here")]

    def _include(self, path: str, command: _Command) -> list[Statement]:
        (target, *_) = [*_words(self._put_in(command.rest)), ""]
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        places = [beside] if _INCLUDES[command.name] else [posixpath.normpath(target), beside]
        file = next((place for place in places if place in self._files), None)
        if file is None:
            return [_refused(command, f"names {target or 'nothing'}, which is no SQL file of the project")]
        if file in self._open:
            return [_refused(command, f"includes {file}, which is being read already")]
        return [replace(one, file=one.file or file) for one in self.read(file, self._files[file])]

    def _set(self, command: _Command) -> list[Statement]:
        name, *values = [*_words(self._put_in(command.rest)), ""]
        value = "".join(values)
        if "`" in command.rest:
            return [_refused(command, "runs a command of the shell")]
        if name in ("ON_ERROR_STOP", "AUTOCOMMIT") and value.lower() in _OFF:
            told = "lets errors pass, so that nothing is proven" if name == "ON_ERROR_STOP" else "is not followed here"
            return [_refused(command, told)]
        self._variables[name] = value
        return []

    def _filled(self, statement: Statement) -> Statement:
        return replace(statement, sql=self._put_in(statement.sql)) if self._variables else statement

    def _put_in(self, text: str) -> str:
        return _VARIABLE.sub(self._value, text) if self._variables else text

    def _value(self, match: re.Match[str]) -> str:
        kind = match.lastgroup or ""
        value = self._variables.get(match[kind]) if kind in ("literal", "identifier", "bare") else None
        if value is None:
            return match[0]
        if kind == "bare":
            return value
        mark = "'" if kind == "literal" else '"'
        return f"{mark}{value.replace(mark, 2 * mark)}{mark}"


def _words(text: str) -> list[str]:
    return [bare or quoted.replace("''", "'") for quoted, bare in _WORD.findall(text)]


def _refused(command: _Command, why: str) -> Statement:
    told = f"\\{command.name} {why}: psql alone knows it"
    logger.info("line=%d %s", command.line, told)
    return Statement(f"\\{command.name} {command.rest}".strip(), command.line, refused=told)
