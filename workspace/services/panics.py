"""Crashes of compiled languages in a service's log: Go's and Rust's panics, .NET's unhandled exceptions.

Formats as printed by Go 1.27 (its runtime, `net/http` and gin's Recovery), Rust 1.95 and ASP.NET Core 9.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Locate = Callable[[str], str | None]
"""A file that a stack names to its path in the project; None for one that is not of the project."""


@dataclass(frozen=True, slots=True)
class Language:
    """How one language tells of a crash, and what its stack looks like."""

    header: re.Pattern[str]
    """The line that a crash starts with; what is special about it stands in its group `message`, if there is one."""
    stack: re.Pattern[str]
    """A line of the stack, or one that stands between the header and the stack."""
    certain: re.Pattern[str]
    """A line that only a stack has; one of the first lines must be such."""
    place: re.Pattern[str]
    message_lines: int = 0
    """How many lines of text may follow the header."""


GO = Language(
    header=re.compile(
        r"^\s*(?P<message>panic: .*|fatal error: .*)|.*(?P<served>http: panic serving .*)|.*panic recovered:"
    ),
    stack=re.compile(
        r"^\s*$|^\t|^goroutine \d+|^created by |^\[signal |^exit status |^panic: |^\S.*\)$|^/\S+\.go:\d+|^\s+->? "
    ),
    certain=re.compile(r"^goroutine \d+ .*\[.*\]:|^/\S+\.go:\d+ \(0x|^\s+->? "),
    place=re.compile(r"^\s*(?P<file>\S.*?\.go):(?P<line>\d+)"),
    message_lines=12,
)
RUST = Language(
    header=re.compile(r"^.*(?P<message>thread '[^']*'(?: \(\d+\))? panicked at .*)$"),
    stack=re.compile(r"^stack backtrace:|^\s+\d+: |^\s+at |^note: "),
    certain=re.compile(r""),
    place=re.compile(r"(?:panicked at (?:'.*', )?|^\s+at )(?P<file>[^\s':][^':]*\.rs):(?P<line>\d+)"),
    message_lines=8,
)
DOTNET = Language(
    header=re.compile(
        r"^(?:Unhandled exception\. |\s+)?(?P<message>[A-Z]\w*(?:\.\w+)*Exception(?: \(0x\w+\))?(?::.*)?)$"
    ),
    stack=re.compile(r"^\s+at |^\s*--- "),
    certain=re.compile(r"^\s+at \S.*\("),
    place=re.compile(r" in (?P<file>\S.*?):line (?P<line>\d+)"),
    message_lines=4,
)
LANGUAGES = (GO, RUST, DOTNET)

_STACK_LINES = 200


@dataclass(frozen=True, slots=True)
class Panic:
    """One crash: what it says, its last line, and the innermost place of the project."""

    message: str
    last: int
    file: str | None
    line: int | None


def find_panic(lines: Sequence[str], start: int, locate: Locate) -> Panic | None:
    """The crash that starts at a line; None where none does."""
    for language in LANGUAGES:
        if (header := language.header.match(lines[start])) and (last := _last(language, lines, start)) is not None:
            file, line = next(_places(language, _since_panic(lines[start : last + 1]), locate), (None, None))
            return Panic(_message(language, header, lines[start + 1 : last + 1]), last, file, line)
    return None


def _last(language: Language, lines: Sequence[str], start: int) -> int | None:
    """The last line of the stack; None where no stack follows."""
    last, certain = start, language is RUST
    for number in range(start + 1, min(len(lines), start + _STACK_LINES)):
        text = lines[number]
        certain = certain or bool(language.certain.match(text))
        if language.stack.match(text):
            last = number if text.strip() else last
        elif (certain and (language is not RUST or number > start + 1)) or number > start + language.message_lines:
            break
        else:
            last = number
    return last if certain else None


def _message(language: Language, header: re.Match[str], rest: Sequence[str]) -> str:
    found = next((text for text in header.groupdict().values() if text), header[0]).strip()
    if language is DOTNET or (language is GO and "recovered:" not in found):
        return found
    said = [line.strip() for line in rest if line.strip() and not language.stack.match(line)]
    return f"{found} {said[-1 if language is GO else 0]}" if said else found


def _since_panic(lines: Sequence[str]) -> Sequence[str]:
    """What lies below Go's own `panic(...)`: above it stands who recovered, not who failed."""
    calls = [number for number, text in enumerate(lines) if text.startswith("panic(")]
    return lines[calls[-1] :] if calls else lines


def _places(language: Language, lines: Sequence[str], locate: Locate) -> Iterator[tuple[str, int]]:
    for text in lines:
        match = language.place.search(text)
        if match and (file := locate(match["file"])):
            yield file, int(match["line"])
