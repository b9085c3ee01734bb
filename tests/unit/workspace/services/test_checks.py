import pytest

from backend_developer.contract import CallFailed
from backend_developer.workspace.services.checks import MAX_CHECKS, Check, parse_checks

GET = {"method": "GET", "path": "/users", "expect": {"status": 200}}


def refused(raw: object) -> str:
    with pytest.raises(CallFailed) as caught:
        parse_checks(raw)
    return str(caught.value)


def test_checks_are_read_as_the_model_writes_them() -> None:
    first, second = parse_checks(
        [
            {"method": "post", "path": "/users", "json": {"name": "Анна"}, "expect": {"status": 201, "contains": "id"}},
            GET,
        ]
    )

    assert (first.method, first.body, first.expect.contains) == ("POST", {"name": "Анна"}, "id")
    assert first.has_body
    assert not second.has_body


def test_null_is_a_body() -> None:
    assert parse_checks([{**GET, "method": "PUT", "json": None}])[0].has_body


def test_a_check_survives_the_way_through_the_state() -> None:
    check = parse_checks([{**GET, "json": {"a": 1}}])[0]
    dumped = check.model_dump(mode="json", exclude_none=True)

    assert dumped["json"] == {"a": 1}
    assert Check.model_validate(dumped) == check


def test_all_faults_are_named_with_the_number_of_the_check_and_the_shape() -> None:
    message = refused(
        [
            {"method": "FETCH", "path": "users", "expect": {"status": 99}},
            {"path": "//evil.example/x", "expect": {"status": "created", "body": 1}, "url": "x"},
        ]
    )

    for part in (
        "check 1: method",
        "check 1: path: must begin with one /",
        "check 1: expect.status",
        "check 2: method: Field required",
        "check 2: path: must begin with one /",
        "check 2: expect.status",
        "check 2: expect.body: Extra inputs",
        "check 2: url: Extra inputs",
        'A check is {"method", "path"',
    ):
        assert part in message


def test_nobody_can_expect_a_crash() -> None:
    assert "a 500 is a crash" in refused([{**GET, "expect": {"status": 500}}])


@pytest.mark.parametrize("raw", [None, "GET /", {"method": "GET"}, [1], [GET] * (MAX_CHECKS + 1)])
def test_what_is_no_list_of_checks_is_refused(raw: object) -> None:
    assert "these checks cannot be played" in refused(raw)
