import pytest

from backend_developer.workspace.index import words
from backend_developer.workspace.index.meaning import DIMENSIONS, PATH, Meaning


def near(need: str, name: str, scope: str = "") -> float:
    return Meaning(words.split(need)).nearness(words.split(name), words.split(scope))


@pytest.mark.parametrize(
    ("need", "nearer", "farther"),
    [
        ("compress", "gzip", "cookie"),
        ("expire", "ttl", "template"),
        ("traceback", "exception", "folder"),
        ("random", "seed", "header"),
    ],
)
def test_words_that_code_uses_for_the_same_are_nearer_than_others(need: str, nearer: str, farther: str) -> None:
    assert near(need, nearer) > near(need, farther)


def test_a_word_is_as_near_to_itself_as_can_be() -> None:
    assert near("password", "password") == pytest.approx(1.0)


def test_a_word_of_the_scope_counts_less_than_one_of_the_name() -> None:
    assert near("compress", "gzip", "cookie") > near("compress", "cookie", "gzip")


@pytest.mark.parametrize(("need", "name"), [("", "password"), ("qwxyz", "password"), ("password", "qwxyz"), ("", "")])
def test_nothing_is_near_to_words_that_are_not_known(need: str, name: str) -> None:
    assert near(need, name) == 0.0


def test_each_word_of_the_file_has_a_whole_vector() -> None:
    known, _, numbers = PATH.read_bytes().partition(b"\n")
    assert len(numbers) == len(set(known.split())) * DIMENSIONS
