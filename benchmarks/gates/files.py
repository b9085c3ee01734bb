"""Source files for the gates' figures: seeded, different from each other, 100 lines long, and such as services have.

A function is a tree of statements, written down in one of five languages by its templates.
"""

import random
from dataclasses import dataclass
from textwrap import indent
from typing import NamedTuple

from benchmarks.gates.templates import TEMPLATES, Templates

LINES = 100
ADDED = 32
"""Lines that are left for the new function, and for the end of the last one."""
_NOUNS = """
user order invoice parcel payment account ticket product basket refund customer session coupon review
"""
_VERBS = """
load find store send check merge cancel update remove assign close split rank notify fetch export
"""
_FIELDS = """
name total status owner city level amount price count state label group score region
"""
_PARTS = """
repository cache mailer queue client registry ledger clock
"""
NOUNS, VERBS, FIELDS, PARTS = (words.split() for words in (_NOUNS, _VERBS, _FIELDS, _PARTS))
DEPTH = 2
"""Blocks within blocks."""


class Pair(NamedTuple):
    """One file, as it was and as a task leaves it: one function longer, one function more."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Written:
    """A function in its language, and the same with one statement more."""

    text: str
    longer: str


class Writer:
    """Writes one file."""

    def __init__(self, suffix: str, number: int, logging: float) -> None:
        self._templates: Templates = TEMPLATES[suffix]
        self._random = random.Random(f"{suffix} {number}")
        self._logging = logging
        self._number = number
        self._names: set[str] = set()

    def write(self) -> tuple[str, str]:
        """The file before and after."""
        owner = f"{self._word(NOUNS).title()}{self._word(VERBS).title()}{self._number}"
        noun = self._word(NOUNS)
        head = self._fill(self._templates.head, owner=owner, Noun=noun.title(), noun=noun, Field=self._word(FIELDS))
        functions: list[Written] = []
        lines = head.count("\n") + self._templates.foot.count("\n")
        while lines < LINES - ADDED:
            functions.append(self._function(owner, self._logging))
            lines += functions[-1].text.count("\n") + 1
        added = self._function(owner, self._logging)
        changed = self._random.randrange(len(functions))
        before = [one.text for one in functions]
        after = [one.longer if place == changed else one.text for place, one in enumerate(functions)]
        foot = self._fill(self._templates.foot)
        return head + "\n".join(before) + foot, head + "\n".join([*after, added.text]) + foot

    def _function(self, owner: str, logging: float) -> Written:
        name = self._new_name()
        known = [self._word(FIELDS), f"{self._word(NOUNS)}s"]
        values = {"name": name, "Name": _camel(name), "owner": owner, "a": known[0], "b": known[1]}
        log = self._fill(self._templates.log, **values) if self._random.random() < logging else ""
        body = [self._statement(known, 0) for _ in range(self._random.randint(4, 7))]
        longer = [*body, self._statement(known, DEPTH)]
        last = self._fill(self._templates.last, a=self._random.choice(known))
        texts = [
            self._fill(self._templates.function, **values, noun=self._word(NOUNS), verb=self._word(VERBS), body="")
            .replace("BODY\n", indent(log + "".join(part) + last, self._templates.inside))
            for part in (body, longer)
        ]  # fmt: skip
        return Written(*texts)

    def _statement(self, known: list[str], depth: int) -> str:
        kind = self._random.choice(list(self._templates.blocks if depth < DEPTH and self._random.random() < 0.35
                                        else self._templates.lines))  # fmt: skip
        template = self._templates.blocks.get(kind) or self._templates.lines[kind]
        new = f"{self._word(FIELDS)}{_camel(self._word(NOUNS))}" if "{v}" in template else ""
        text = self._fill(
            template, v=new, a=self._random.choice(known), b=self._random.choice(known), field=self._word(FIELDS),
            other=self._word(FIELDS), part=self._word(PARTS), verb=self._word(VERBS), noun=self._word(NOUNS),
            n=str(self._random.randint(2, 900)),
        )  # fmt: skip
        while "BODY\n" in text:
            inner = "".join(self._statement(known, depth + 1) for _ in range(self._random.randint(1, 3)))
            text = text.replace("BODY\n", indent(inner, self._templates.unit), 1)
        if new and kind in self._templates.lines:
            known.append(new)
        return text

    def _new_name(self) -> str:
        while True:
            name = f"{self._word(VERBS)}_{self._word(FIELDS)}_{self._word(NOUNS)}"
            if name not in self._names:
                self._names.add(name)
                return name

    def _word(self, words: list[str]) -> str:
        return self._random.choice(words)

    @staticmethod
    def _fill(template: str, **values: str) -> str:
        for name, value in values.items():
            template = template.replace(f"{{{name}}}", value)
        return template


def _camel(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def pairs(suffix: str, count: int, *, logging: float) -> list[Pair]:
    """So many files of one language; `logging` is the share of functions that log with the prefix."""
    return [
        Pair(f"src/part{number // 50}/file{number}{suffix}", *Writer(suffix, number, logging).write())
        for number in range(count)
    ]
