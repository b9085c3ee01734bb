"""A function as the rule on logging sees it, whatever its language."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Literal

from backend_developer.nodes.gates.house_rules.languages.reading import Reading, Rows

LogState = Literal["prefixed", "plain", "none"]
"""Of its own log calls: one begins with `[Module:function]`, there is one without, there is none."""

WORD = re.compile(r"\w+", re.ASCII)

PLACE = re.compile(r"\[[^\]:\n]+:[^\]\n]+\]")
"""Stands in most messages with the prefix."""

IsOld = Callable[[str], bool]
"""Whether the lines of a function are known, so that neither it nor what stands in it need be looked at."""


@dataclass(frozen=True, eq=False)
class Function(ABC):
    """One function or method of a source file; what costs time is worked out when it is asked for."""

    name: str
    """With the names around it: `Users.create`."""
    line: int
    reading: Reading
    parent: "Function | None"
    """The function that it stands in."""

    @property
    def called(self) -> str:
        """Its own name, as the prefix has it."""
        return self.name.rpartition(".")[2]

    @property
    @abstractmethod
    def rows(self) -> Rows:
        """Of its lines, from that of its name to its last."""

    @property
    def source(self) -> str:
        """Its lines."""
        return self.reading.source(self.rows)

    @property
    @abstractmethod
    def exempt(self) -> bool:
        """Whether it needs no log call, by the rule that `log_rule` writes down."""

    @property
    @abstractmethod
    def log(self) -> LogState:
        """Its own log calls, without those of functions inside it."""

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """Equal for functions that do the same: position, name, decorators, comments and docstring are left out."""

    @property
    @abstractmethod
    def words(self) -> frozenset[str]:
        """Words, as `WORD` has them, that the text of each function with the same fingerprint holds."""

    @property
    def outline(self) -> Hashable:
        """Equal wherever the fingerprint is equal, for a language that makes it more quickly."""
        return self.fingerprint

    def logs(self, *, any_call: bool) -> bool:
        """Whether it, or a function around it, logs; with `any_call` a log call without prefix will do."""
        own = self.log == "prefixed" or (any_call and self.log == "plain")
        return own or (self.parent is not None and self.parent.logs(any_call=any_call))
