"""Near-copies that the scan reports on Django itself, and the share of them that is false.

    python benchmarks/scan/run.py --duplicates

A sample, drawn by a hash of each pair, was read by hand; the verdicts are in `duplicates_sample.toml`. A sampled pair
without a verdict is an error, so that a change of the measure cannot pass unread.
"""

import asyncio
import hashlib
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from backend_developer.workspace.index import CodeIndex, Hit, Pair
from benchmarks.scan.projects import DJANGO

VERDICTS = Path(__file__).with_name("duplicates_sample.toml")
SAMPLE = 50
LIMIT = 0.05

Key = tuple[str, str]


class Verdict(NamedTuple):
    """What a reader found."""

    true: bool
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the sample shows."""

    reported: int
    sample: list[Key]
    unread: list[Key]
    false: dict[Key, str]
    """With the reason."""

    @property
    def share(self) -> float:
        """The share of the sample that is false, from 0 to 1."""
        return len(self.false) / max(1, len(self.sample))

    @property
    def reached(self) -> bool:
        """Whether the sample is read, of full size, and less of it is false than the limit."""
        return not self.unread and len(self.sample) >= SAMPLE and self.share < LIMIT

    def told(self) -> str:
        """In words."""
        read = len(self.sample) - len(self.unread)
        return (
            f"{self.reported} pairs reported on Django; {read} of a sample of {len(self.sample)} read by hand, "
            f"{len(self.false)} false: {self.share:.0%} (to reach: under {LIMIT:.0%})."
        )


def read() -> Reading:
    """Report the near-copies of Django and hold a sample beside the verdicts."""
    raw = tomllib.loads(VERDICTS.read_text(encoding="utf-8"))
    verdicts = {(one["first"], one["second"]): Verdict(one["true"], one["why"]) for one in raw["pair"]}
    return held(asyncio.run(reported(DJANGO.sources())), raw["seed"], verdicts)


def held(pairs: list[Pair], seed: int, verdicts: Mapping[Key, Verdict]) -> Reading:
    """A sample of the pairs, drawn by the seed, beside the verdicts."""
    sample = sampled(pairs, seed)
    false = {one: verdicts[one].why for one in sample if one in verdicts and not verdicts[one].true}
    return Reading(len(pairs), sample, [one for one in sample if one not in verdicts], false)


async def reported(root: Path) -> list[Pair]:
    """All near-copies in a project, in a stable order."""
    with tempfile.TemporaryDirectory() as state:
        index = CodeIndex(root, Path(state))
        try:
            return sorted(await index.duplicates(), key=key)
        finally:
            index.close()


def shown(reading: Reading) -> str:
    """The reading with each false pair, and each that nobody has read."""
    lines = [f"no verdict: {' = '.join(one)}" for one in reading.unread]
    lines += [f"false: {' = '.join(one)}: {why}" for one, why in reading.false.items()]
    return "\n".join([*lines, reading.told()])


def sampled(pairs: list[Pair], seed: int) -> list[Key]:
    """The pairs to be read by hand: drawn by a hash of each, so that one pair more or less moves no other."""
    keys = sorted(map(key, pairs), key=lambda one: hashlib.sha256(f"{seed} {one}".encode()).digest())
    return sorted(keys[:SAMPLE])


def key(pair: Pair) -> Key:
    """What names a pair in the file of verdicts."""
    first, second = sorted((place(pair.first), place(pair.second)))
    return first, second


def place(hit: Hit) -> str:
    """A definition as it is found again."""
    return f"{hit.path}:{hit.line} {hit.name}"
