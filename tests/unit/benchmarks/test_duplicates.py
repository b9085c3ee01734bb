"""The figure on near-copies stands only where every sampled pair was read."""

from backend_developer.workspace.index import Hit, Pair
from benchmarks.scan.duplicates import SAMPLE, Reading, Verdict, held, key, sampled, shown

SEED = 3


def hit(name: str) -> Hit:
    return Hit("function", name, "", "a.py", 1, 9, "", 1.0, "")


PAIRS = [Pair(hit(f"one{number}"), hit(f"two{number}"), 1.0) for number in range(SAMPLE + 30)]


def judged(false: int, *, unread: int = 0) -> Reading:
    drawn = sampled(PAIRS, SEED)
    verdicts = {pair: Verdict(number >= false, "read") for number, pair in enumerate(drawn)}
    for pair in drawn[len(drawn) - unread :]:
        del verdicts[pair]
    return held(PAIRS, SEED, verdicts)


def test_a_sample_that_was_read_is_told_with_its_false_pairs() -> None:
    reading = judged(false=2)
    assert reading.reached
    assert shown(reading).count("false: a.py") == 2
    assert f"{SAMPLE} of a sample of {SAMPLE} read by hand, 2 false: 4%" in shown(reading)


def test_a_pair_without_a_verdict_fails_and_is_named() -> None:
    reading = judged(false=0, unread=1)
    assert not reading.reached
    assert f"no verdict: {' = '.join(sampled(PAIRS, SEED)[-1])}\n" in shown(reading)


def test_over_five_percent_it_fails() -> None:
    assert not judged(false=3).reached


def test_fewer_pairs_than_a_sample_prove_nothing() -> None:
    few = PAIRS[: SAMPLE - 1]
    assert not held(few, SEED, {key(pair): Verdict(True, "read") for pair in few}).reached


def test_a_pair_that_goes_moves_no_other() -> None:
    drawn = sampled(PAIRS, SEED)
    fewer = [pair for pair in PAIRS if key(pair) != drawn[0]]
    assert len(set(drawn[1:]) & set(sampled(fewer, SEED))) == SAMPLE - 1
