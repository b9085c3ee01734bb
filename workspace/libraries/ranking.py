"""Which pieces of a documentation answer a question."""

from collections.abc import Iterable, Sequence

from backend_developer.workspace.index.words import raw, stem, vocabulary
from backend_developer.workspace.libraries.library import Section


def words_of(query: str) -> list[str]:
    """The words of a question that say something, each once."""
    return list(dict.fromkeys(raw(query)))


def best(sections: Iterable[Section], words: Sequence[str]) -> list[Section]:
    """Those that have one of the words, the best first: a word in the title counts more than one in the text."""
    stems = {stem(word) for word in words}
    scored = []
    for number, section in enumerate(sections):
        named = len(stems & vocabulary(section.title.encode()))
        told = len(stems & vocabulary(section.text.encode()))
        if named or told:
            # Of equals the shorter title is the one that is about it: `create(...)`, not `create_or_update_many(...)`.
            scored.append((-(3 * named + told), len(section.title), number, section))
    return [section for *_, section in sorted(scored, key=lambda one: one[:3])]
