"""A need in words, turned into weighted terms to look for."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_developer.workspace.index import thesaurus
from backend_developer.workspace.index.words import raw, stem

MOST_TERMS = 12
"""Of a longer text the first are taken: what it is about comes first."""

ALTERNATIVE = 0.8
"""What a synonym is worth beside the word itself."""

_FILLER_WORDS = """
function method helper utility util utils class code python project existing reusable something given way need
needs want should must please implement implementing write handle handling support provide provides several each
every any other another one two whole single based some thing things case cases according before after between
during via per like also only just same different whether already etc api endpoint endpoints module let how whose own
stay stays quick quickly easily behind decide pick choose find serve people without whenever past
possible longer final support possibly certain
"""

_FILLER = frozenset(_FILLER_WORDS.split())
"""Words of a request that say nothing about what is wanted."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a need."""

    stem: str
    alternatives: frozenset[str]
    said: str
    """As the text had it."""
    common: bool
    """Whether it is one of the words that any project is told in, such as `convert`: to be without it means little."""

    def match(self) -> str:
        """The term and its alternatives in the language of FTS5."""
        return " OR ".join(f'"{one}"' for one in (self.stem, *sorted(self.alternatives)))


def terms(text: str) -> list[Term]:
    """The terms of a need, each once."""
    said = [word for word in raw(text) if word not in _FILLER]
    found: dict[str, Term] = {}
    for number, word in enumerate(said):
        mine = stem(word)
        if mine not in found and len(found) < MOST_TERMS:
            others = thesaurus.GROUPS.get(mine, frozenset()) | frozenset(_compounds(said, number))
            found[mine] = Term(mine, others - {mine}, word, common=mine in thesaurus.GROUPS)
    return list(found.values())


def _compounds(said: list[str], number: int) -> Iterator[str]:
    """`url encode` is often one word in code."""
    for first in (number - 1, number):
        if 0 <= first < len(said) - 1:
            yield stem(said[first] + said[first + 1])
