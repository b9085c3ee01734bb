"""One installed library, and a piece of its documentation."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

README_CHARS = 60_000
"""Of a longer README the first are read."""

_HEADING = re.compile(r"^(?:#{1,4} +(?P<atx>.+?) *#*|(?P<under>\S.*)\n[=\-~^]{3,})$", re.MULTILINE)
_BADGES = re.compile(
    r"<!--.{0,4000}?-->|\[!\[[^\]]*\]\([^)]*\)\]\([^)]*\)|!\[[^\]]*\]\([^)]*\)|</?[a-zA-Z][^<>\n]{0,500}>", re.DOTALL
)
"""What a README shows to the eye alone."""


@dataclass(frozen=True, slots=True)
class Section:
    """A piece that can be shown by itself."""

    title: str
    text: str
    source: str
    """The file that it is from, relative to where the library is installed."""


@dataclass(frozen=True, slots=True)
class Library:
    """A library as it is installed."""

    name: str
    version: str
    ecosystem: str
    """`python` or `node`."""
    summary: str
    overview: Callable[[], Sequence[Section]]
    """What to show of it where nothing in particular is asked."""
    definitions: Callable[[Sequence[str]], Iterator[Section]]
    """Its public definitions from the files that have most of these words."""
    aliases: Sequence[str] = field(default=())
    """Other names that it goes by, such as those it is imported by."""

    @property
    def id(self) -> str:
        """By which it can be asked for."""
        return f"/{self.ecosystem}/{self.name}"


def sections_of(readme: str, source: str) -> list[Section]:
    """The README cut at its headings, Markdown or reStructuredText."""
    text = _BADGES.sub("", readme[:README_CHARS].replace("\r\n", "\n"))
    text = re.sub(r"\n\s*\n+", "\n\n", text)
    marks = list(_HEADING.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    found = [Section("README", text[: marks[0].start() if marks else len(text)].strip(), source)]
    for mark, end in zip(marks, ends, strict=False):
        title = (mark["atx"] or mark["under"]).strip()
        found.append(Section(title, text[mark.end() : end].strip(), source))
    return [section for section in found if section.text]
