from typing import Any

import pytest

from backend_developer.contract import CallFailed
from backend_developer.workspace.services.references import NO_JSON, fill, fill_text

ANSWERS: list[Any] = [{"token": "t-1", "items": [{"id": 7}]}, {"id": 12, "tags": []}]


@pytest.mark.parametrize(
    ("value", "filled"),
    [
        ("/users/{last.id}", "/users/12"),
        ("/items/{1.items.0.id}?x={2.id}", "/items/7?x=12"),
        ("Bearer {1.token}", "Bearer t-1"),
        ("{last.id}", 12),
        ({"owner": "{last.id}", "note": "for {last.id}"}, {"owner": 12, "note": "for 12"}),
        ([{"a": "{1.items}"}, None, 3], [{"a": [{"id": 7}]}, None, 3]),
        ("no {reference} {last} {0.id} {}", "no {reference} {last} {0.id} {}"),
    ],
)
def test_references_are_replaced(value: Any, filled: Any) -> None:
    assert fill(value, ANSWERS) == filled


def test_in_a_text_a_lone_reference_stays_text() -> None:
    assert fill_text("{last.id}", ANSWERS) == "12"


@pytest.mark.parametrize(
    ("value", "answers", "part"),
    [
        ("{last.id}", [], "refers to an answer that there is not; 0 came before it"),
        ("{3.id}", ANSWERS, "refers to an answer that there is not; 2 came before it"),
        ("{last.name}", ANSWERS, "the object with id, tags has no 'name'"),
        ("{last.tags.0}", ANSWERS, "the list of 0 has no '0'"),
        ("{last.id.x}", ANSWERS, "the value 12 has no 'x'"),
        ("{last.id}", [NO_JSON], "the answer is not JSON"),
    ],
)
def test_a_reference_to_nothing_says_what_there_is(value: str, answers: list[Any], part: str) -> None:
    with pytest.raises(CallFailed, match=part):
        fill(value, answers)
