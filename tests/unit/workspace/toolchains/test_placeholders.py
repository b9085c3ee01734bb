import pytest

from backend_developer.workspace.toolchains.placeholders import fill, fill_all, wants_database

URL = "postgresql://ann:s%40fe@db.local:5433/shop"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("--port={port}", "--port=8123"),
        ("{database_url}", URL),
        ("postgresql+asyncpg://{database_address}", "postgresql+asyncpg://ann:s%40fe@db.local:5433/shop"),
        ("{database_host}:{database_port}/{database_name}", "db.local:5433/shop"),
        ("{database_user}/{database_password}", "ann/s@fe"),
        ('{"json": {other}}', '{"json": {other}}'),
    ],
)
def test_values_are_put_in(text: str, expected: str) -> None:
    assert fill(text, port=8123, database_url=URL) == expected


def test_an_address_by_socket_has_its_host_in_the_query() -> None:
    url = "postgresql://postgres:@/shop?host=/run/pg"
    assert fill("{database_host} {database_port} {database_name}", database_url=url) == "/run/pg 5432 shop"


def test_what_has_no_value_stays() -> None:
    assert fill_all({"A": "{port} {database_url}"}, port=1) == {"A": "1 {database_url}"}


def test_a_database_is_wanted_by_any_part_of_it() -> None:
    assert wants_database({"PGHOST": "{database_host}"})
    assert not wants_database({"PORT": "{port}"})
