from typing import Any

import pytest

from backend_developer.workspace.migrations.values import candidates


@pytest.mark.parametrize(
    ("fields", "checks", "wanted"),
    [
        ({"type": "text"}, ["CHECK ((role = ANY (ARRAY['reader'::text, 'admin'::text])))"], "reader"),
        ({"type": "mood", "labels": ["glad", "sad"]}, [], "glad"),
        ({"type": "integer"}, ["CHECK ((age >= 18))"], "18"),
        ({"type": "text[]", "category": "A"}, [], "{}"),
        ({"type": "email", "base": "character varying(3)"}, [], "le0"),
        ({"type": "timestamp with time zone"}, [], "2026-01-01 12:00:00+00"),
        ({"type": "time without time zone"}, [], "12:00:01"),
        ({"type": "date"}, ["((at >= '2024-01-01'::date) AND (at < '2025-01-01'::date))"], "2024-01-01"),
        ({"type": "jsonb"}, ["CHECK ((j ? 'kind'::text))"], '{"kind": 1}'),
        ({"type": "vector(3)"}, [], "[1,1,1]"),
        ({"type": "jsonpath"}, [], "$.n1"),
        ({"type": "daterange"}, [], "[2026-01-01,2026-01-01]"),
        ({"type": "unheard_of"}, [], None),
    ],
)
def test_a_column_has_a_value_that_it_may_hold(fields: dict[str, Any], checks: list[str], wanted: str | None) -> None:
    column = {"base": None, "labels": None, "category": "S", "kind": "b", **fields}
    assert wanted in candidates(column, checks, 0)


def test_values_of_a_unique_column_differ() -> None:
    for kind in ("text", "bigint", "uuid", "date", "timestamp with time zone", "character varying(4)"):
        column = {"type": kind, "base": None, "labels": None, "category": "S", "kind": "b"}
        assert candidates(column, [], 0)[0] != candidates(column, [], 1)[0]
