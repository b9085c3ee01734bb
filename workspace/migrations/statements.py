"""A SQL script in single statements, so that an error has a line even where PostgreSQL gives no position."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

logger = logging.getLogger(__name__)

_TOKEN = re.compile(
    r"(?P<line>--[^\n]*)|(?P<block>/\*)|(?P<quoted>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")"
    r"|(?P<dollar>\$(?:[A-Za-z_]\w*)?\$)|(?P<word>[A-Za-z_][\w$]*)|(?P<end>;)",
    re.DOTALL,
)
_NEST = re.compile(r"/\*|\*/")
_ATOMIC = re.compile(r"\bBEGIN\s+ATOMIC\b", re.IGNORECASE)
_ALONE = re.compile(
    r"\bCONCURRENTLY\b|^\s*(?:VACUUM|ALTER\s+SYSTEM|(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE))\b", re.IGNORECASE
)
_COPY = re.compile(r"^\s*COPY\b.*\bFROM\s+STDIN\b", re.IGNORECASE | re.DOTALL)
_COPY_DATA = re.compile(
    r"^[ \t]*COPY\b[^;]*\bFROM\s+STDIN\b[^;]*(?P<end>;)[ \t]*\r?\n(?P<data>.*?)^\\\.[ \t]*\r?$",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_OWN = re.compile(r"^\s*(?:BEGIN|START\s+TRANSACTION|COMMIT|END)\b", re.IGNORECASE)

_ROLES = re.compile(
    r"^\s*(?:GRANT|REVOKE|REASSIGN|ALTER\s+DEFAULT\s+PRIVILEGES|SET\s+(?:(?:LOCAL|SESSION)\s+)?(?:ROLE|AUTHORIZATION)"
    r"|(?:CREATE|ALTER|DROP)\s+(?:ROLE|USER(?!\s+MAPPING)|GROUP|DATABASE|TABLESPACE)|ALTER\b.*\bOWNER\s+TO)\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, without the comments before it."""

    sql: str
    line: int
    """The line that it begins on, from 1."""
    data: str = ""
    """The rows that follow a `COPY ... FROM stdin`."""
    file: str | None = None
    """The file that it stands in, where that is another than the script's own, which includes it."""
    refused: str | None = None
    """Why it is no statement that can be sent: a command of psql that nobody else can follow."""

    @property
    def reads_rows(self) -> bool:
        """Whether its rows stand in the script behind it."""
        return bool(_COPY.match(self.sql))

    @property
    def needs_no_transaction(self) -> bool:
        """Whether PostgreSQL refuses it inside a transaction."""
        return bool(_ALONE.search(self.sql))

    @property
    def is_transaction_control(self) -> bool:
        """Whether it begins or ends a transaction."""
        return bool(_OWN.match(self.sql))

    @property
    def is_about_roles(self) -> bool:
        """Whether it is about roles or databases: these belong to the whole server, and a scratch server has none."""
        return bool(_ROLES.match(self.sql))

    def line_at(self, position: int | None) -> int:
        """The line of a position that PostgreSQL names, counted in characters from 1."""
        return self.line + (self.sql.count("\n", 0, position - 1) if position else 0)


def split(script: str, first_line: int = 1) -> list[Statement]:
    """The statements of a script; quotes, dollar quotes, nested comments and BEGIN ATOMIC bodies are heeded."""
    found = []
    rows = {match.start("end"): match["data"] for match in _COPY_DATA.finditer(script)}
    # Rows hold whatever they like; their lines count.
    script = _COPY_DATA.sub(_without_rows, script)
    start: int | None = None
    for begin, kind in _pieces(script):
        if kind == "end":
            if start is not None and not _in_atomic_body(script[start:begin]):
                found.append(_statement(script, start, begin, first_line, rows.get(begin, "")))
                start = None
        elif kind == "code" and start is None:
            start = begin
    if start is not None and script[start:].strip():
        found.append(_statement(script, start, len(script), first_line))
    return found


def commands_in(script: str) -> Iterator[tuple[int, int, int | None]]:
    """Where a command of psql begins and ends, and where the statement that it stands in begins, if it does in one.

    They begin with a backslash outside of quotes, comments and rows, and end with their line.
    """
    script = _COPY_DATA.sub(_without_rows, script)
    at: int | None = 0
    opened: int | None = None
    while at is not None:
        found = None
        for begin, kind in _pieces(script, at):
            if script[begin] == "\\":
                found = begin
                break
            opened = None if kind == "end" else begin if opened is None else opened
        at = None
        if found is not None:
            line_end = script.find("\n", found)
            at = len(script) if line_end < 0 else line_end
            yield found, at, opened


def code_in(script: str) -> Iterator[int]:
    """Where each piece of code begins that is neither in quotes nor in a comment."""
    return (begin for begin, kind in _pieces(script) if kind == "code")


def _statement(script: str, start: int, end: int, first_line: int, data: str = "") -> Statement:
    return Statement(script[start:end].rstrip(), first_line + script.count("\n", 0, start), data)


def _without_rows(match: re.Match[str]) -> str:
    kept = match.start("data") - match.start()
    return match[0][:kept] + re.sub(r"[^\n]", " ", match[0][kept:])


def _in_atomic_body(sql: str) -> bool:
    """Whether a function's body in the SQL standard's form is still open."""
    opened = _ATOMIC.search(sql)
    if not opened:
        return False
    words = re.findall(r"\b(?:CASE|END)\b", sql[opened.end() :], re.IGNORECASE)
    depth = 1 + sum(1 if word.upper() == "CASE" else -1 for word in words)
    return depth > 0


def _pieces(script: str, at: int = 0) -> Iterator[tuple[int, str]]:
    """Where `code` that belongs to a statement and the `end` of one stand; comments and spaces are left out."""
    while at < len(script):
        match = _TOKEN.match(script, at)
        if match is None:
            if not script[at].isspace():
                yield at, "code"
            at += 1
            continue
        kind = match.lastgroup or ""
        end = _end_of(script, match, kind)
        if kind not in ("line", "block"):
            yield at, "end" if kind == "end" else "code"
        at = end


def _end_of(script: str, match: re.Match[str], kind: str) -> int:
    if kind == "dollar":
        closing = script.find(match[0], match.end())
        return len(script) if closing < 0 else closing + len(match[0])
    if kind != "block":
        return match.end()
    depth, at = 1, match.end()
    while depth and (mark := _NEST.search(script, at)):
        depth += 1 if mark[0] == "/*" else -1
        at = mark.end()
    return at if not depth else len(script)
