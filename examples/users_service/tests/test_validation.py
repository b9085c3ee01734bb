"""Values that people type."""

import pytest

from app.errors import Invalid
from app.validation import clean_name, normalize_email


def test_email_is_put_into_one_form() -> None:
    assert normalize_email("  Ada.Lovelace@Example.ORG ") == "ada.lovelace@example.org"


@pytest.mark.parametrize("text", ["", "ada", "ada@", "@example.org", "ada@example", "a b@example.org"])
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        normalize_email(text)


def test_quoted_local_part_is_valid() -> None:
    assert normalize_email('"ada lovelace"@example.org') == '"ada lovelace"@example.org'


def test_name_has_single_spaces() -> None:
    assert clean_name("  Ada   Lovelace ") == "Ada Lovelace"


@pytest.mark.parametrize("text", ["", "   ", "x" * 101])
def test_blank_and_long_names_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        clean_name(text)
