import pytest

from backend_developer.workspace.index.languages import language_of
from backend_developer.workspace.index.terms import terms
from backend_developer.workspace.index.words import of_code, split, stem, stems, vocabulary


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


@pytest.mark.parametrize(
    ("suffix", "source"),
    [
        (".py", "def f(self):\n    # None of it\n    assert x, 'never assert break'\n    return rb'ab' + 1.5e3\n"),
        (".py", "for one in f\"continue {here}\": continue\n\u00e9tat1 = 'del\u00e9'; del unterminated'\n"),
        (".ts", "switch ($switch) { case `break ${debugger}`: break; /* typeof */ default: extends$ }"),
        (".go", "func f() { defer g(\"defer\", 'x', `range`); go h(1e9) }"),
        (".rs", "fn f<'a>(x: &'a str) { unsafe { r#\"unsafe\"#; b'x'; match x {} } } // match mut"),
        (".cs", 'foreach (var one in @"foreach") { stackalloc; 1m.foreach(); }'),
        (".sql", "SELECT 'select it' AS \"Select\" FROM users -- from\n"),
    ],
)
def test_the_words_of_code_are_those_of_its_tokens_one_by_one(suffix: str, source: str) -> None:
    language = language_of(suffix)
    assert language
    tokens = language.blinder.tokens(source.encode())
    assert of_code(*language.blinder.names_and_texts(tokens)) == stems(set(tokens) - language.blinder.keywords)
