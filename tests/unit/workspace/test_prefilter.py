import re
import string
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend_developer.workspace.prefilter import Prefilter, required_literals


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("create_user", ["create_user"]),
        (r"def\s+create_user\(", ["create_user"]),
        ("users?|orders", ["user", "orders"]),
        ("users|[a-z]+", []),
        ("get_(user|order)_by", ["get_"]),
        ("(?i)user", []),
        ("a{3}user", ["user"]),
        ("users*", ["user"]),
        ("ab", []),
        (r"\buser\b", ["user"]),
        (r"\x75ser", ["ser"]),
        (r"\u0075name", ["name"]),
        (r"(a)name\10", ["name"]),
        (r"\N{DIGIT ONE}name", ["name"]),
        (r"[\])](foo)?", []),
    ],
)
def test_tells_what_every_match_holds(pattern: str, literals: list[str]) -> None:
    assert required_literals(pattern) == literals


PIECE = st.sampled_from(
    ["user", "ord", "_", "a", " ", r"\w", r"\d", ".", "|", "?", "*", "(", ")", "[ab]", "{2}", "^", r"\("]
)


@settings(database=None, deadline=None, max_examples=300)
@given(
    pieces=st.lists(PIECE, max_size=6), text=st.lists(st.sampled_from(["user", "ord", "_", "a", " ", "1"])).map("".join)
)
def test_a_match_always_holds_one_of_the_literals(pieces: list[str], text: str) -> None:
    pattern = "".join(pieces)
    try:
        found = re.search(pattern, text)
    except re.error:
        return
    literals = required_literals(pattern)
    assert not (found and literals) or any(literal in text for literal in literals)


def test_case_that_is_ignored_reaches_beyond_ascii() -> None:
    beyond = [chr(number) for number in range(128, sys.maxunicode + 1)]
    letters = re.compile(f"[{string.ascii_letters}]", re.IGNORECASE)
    for sign in filter(letters.match, beyond):
        expression = re.compile(f"abc{string.ascii_lowercase}", re.IGNORECASE)
        text = "".join(sign if re.match(letter, sign, re.IGNORECASE) else letter for letter in string.ascii_lowercase)
        assert expression.search(f"abc{text}")
        assert Prefilter.of(expression).passes(f"abc{text}".encode())


@pytest.mark.parametrize(
    ("expression", "data", "passes"),
    [
        (re.compile("user"), b"a user", True),
        (re.compile("user"), b"a USER", False),
        (re.compile("user", re.IGNORECASE), b"a USER", True),
        (re.compile("(?i)user"), b"a USER", True),
        (re.compile("(?i)user"), b"nobody", False),
        (re.compile("user"), "user".encode("utf-16"), True),
        (re.compile("user"), b"# coding: utf-16-le\nu\0s\0e\0r\0", True),
        (re.compile("user"), b"# coding: UTF-8\nnobody", False),
        (re.compile("x"), b"", True),
    ],
)
def test_what_cannot_match_is_told_from_the_bytes(expression: re.Pattern[str], data: bytes, passes: bool) -> None:
    assert Prefilter.of(expression).passes(data) is passes
