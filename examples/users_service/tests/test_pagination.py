"""Lists in pages."""

from app.pagination import PageRequest, make_page, page_request


def test_request_keeps_what_is_asked_for() -> None:
    assert page_request(limit=5, offset=10) == PageRequest(limit=5, offset=10)


def test_page_says_how_long_the_list_is() -> None:
    page = make_page(["a", "b"], 12, PageRequest(limit=2, offset=4))
    assert page.model_dump() == {"items": ["a", "b"], "total": 12, "limit": 2, "offset": 4}
