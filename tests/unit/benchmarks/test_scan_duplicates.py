"""The figure on near-copies is told only where every sampled pair was read."""

import pytest

from backend_developer.workspace.index import Hit, Pair
from benchmarks.scan_duplicates import SAMPLE, key, sampled, told

SEED = 3


def hit(name: str) -> Hit:
    return Hit("function", name, "", "a.py", 1, 9, "", 1.0, "")


PAIRS = [Pair(hit(f"one{number}"), hit(f"two{number}"), 1.0) for number in range(SAMPLE + 30)]


def judged(false: int, *, unread: int = 0) -> int:
    drawn = sampled(PAIRS, SEED)
    verdicts = {pair: {"true": number >= false, "why": "read"} for number, pair in enumerate(drawn)}
    for pair in drawn[len(drawn) - unread :]:
        del verdicts[pair]
    return told(PAIRS, SEED, verdicts, 1.0)


def test_a_sample_that_was_read_is_told_with_its_false_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    assert judged(false=2) == 0
    out = capsys.readouterr().out
    assert out.count("false: a.py") == 2
    assert f"{SAMPLE} of {SAMPLE} read, 2 false: 4%" in out


def test_a_pair_without_a_verdict_fails_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert judged(false=0, unread=1) == 1
    assert capsys.readouterr().err == f"no verdict: {' = '.join(sampled(PAIRS, SEED)[-1])}\n"


def test_over_five_percent_it_fails() -> None:
    assert judged(false=3) == 1


def test_fewer_pairs_than_a_sample_prove_nothing() -> None:
    few = PAIRS[: SAMPLE - 1]
    assert told(few, SEED, {key(pair): {"true": True, "why": "read"} for pair in few}, 1.0) == 1


def test_a_pair_that_goes_moves_no_other() -> None:
    drawn = sampled(PAIRS, SEED)
    fewer = [pair for pair in PAIRS if key(pair) != drawn[0]]
    assert len(set(drawn[1:]) & set(sampled(fewer, SEED))) == SAMPLE - 1
