"""What a language model answered where a run would ask it, recorded: names that code may bear, and its choice.

`names` is by a model that saw nothing but `names/prompt.md` and the needs: not the projects nor what serves. `choices`
is by one that saw nothing but what `nodes/scan_choice.py` shows of a need. Neither had any tool. Each choice knows for
which candidates it was made, so that one which is out of date is told as such.
"""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend_developer.workspace.index import Hit

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Chosen:
    """The model's choice for one need."""

    of: str
    """Key of the candidates that it saw."""
    serves: tuple[str, ...]
    """`path:name`, the best first."""

    def among(self, hits: Sequence[Hit]) -> list[Hit]:
        """Those of the candidates that it named."""
        named = {said(hit): hit for hit in reversed(hits)}
        return [named[one] for one in self.serves if one in named]


def said(hit: Hit) -> str:
    """A definition by its path and name."""
    return f"{hit.path}:{hit.name}"


def key(hits: Sequence[Hit]) -> str:
    """The same for the same candidates, in whatever order."""
    return hashlib.blake2b("\n".join(sorted(map(said, hits))).encode(), digest_size=6).hexdigest()


def names(project: str) -> dict[str, tuple[str, ...]]:
    """Need to the names that code for it may bear."""
    read = tomllib.loads((FOLDER / "names" / f"{project}.toml").read_text(encoding="utf-8"))
    return {need: tuple(given) for need, given in read.items()}


def choices(project: str) -> dict[str, Chosen]:
    """Need to the choice; empty where none was recorded."""
    file = FOLDER / "choices" / f"{project}.toml"
    read = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {need: Chosen(one["of"], tuple(one["serves"])) for need, one in read.items()}
