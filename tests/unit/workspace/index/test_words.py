import pytest

from backend_developer.workspace.index.terms import terms
from backend_developer.workspace.index.words import split, stem, vocabulary


@pytest.mark.parametrize(
    "family",
    [
        "validate validator validation validates validated",
        "create creating creation creator",
        "serialize serializer serialization",
        "paginate paginator pagination",
        "query queries",
        "log logger logging",
        "user users",
    ],
)
def test_a_family_of_words_has_one_stem(family: str) -> None:
    assert len({stem(word) for word in family.split()}) == 1


def test_words_that_only_look_alike_keep_apart() -> None:
    assert len({stem(word) for word in ["user", "use", "status", "state", "order", "email", "address"]}) == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("getHTTPResponse2", ["get", "http", "respons"]),
        ("user_id", ["user", "id"]),
        ("XMLParser", ["xml", "pars"]),
        ("создать пользователя", ["создать", "пользователя"]),
        ("the a of self", []),
    ],
)
def test_names_and_sentences_are_split(text: str, words: list[str]) -> None:
    assert split(text) == words


def test_vocabulary_reads_comments_strings_and_any_script() -> None:
    assert {"password", "пользователь", "tabl"} <= vocabulary('x = "table"  # Пользователь: password'.encode())


def test_a_need_loses_its_filler_and_gains_synonyms() -> None:
    found = terms("Please write a helper function that removes the user")
    assert [term.said for term in found] == ["removes", "user"]
    assert stem("delete") in found[0].alternatives


def test_two_words_are_looked_for_as_one_too() -> None:
    assert all(stem("urlencode") in term.alternatives for term in terms("url encode"))
