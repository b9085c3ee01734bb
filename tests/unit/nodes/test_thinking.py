from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract.analysis import Analysis
from backend_developer.nodes.analyze import analyze, is_complex
from tests.support.fakes import answer, call, make_bench, make_task


@pytest.mark.parametrize(
    ("task", "analysis", "expected"),
    [
        ({}, {}, False),
        ({}, {"complex": True}, True),
        ({}, {"requirements": ["one"] * 6}, True),
        ({"extras": ["one"] * 5}, {}, True),
        ({"requirements": ["Use sequential-thinking"]}, {}, True),
    ],
)
def test_what_makes_a_task_complex(
    tmp_path: Path, task: dict[str, Any], analysis: dict[str, Any], expected: bool
) -> None:
    assert is_complex(make_task(tmp_path, **task), Analysis(summary="x", **analysis)) is expected


async def test_the_steps_of_a_complex_task_are_thought_over_in_order(tmp_path: Path) -> None:
    said = call("analysis", summary="x", plan=["Table.", "Route."], complex=True)
    bench = await make_bench(tmp_path, answer(said))
    records = (await analyze(bench.state(), bench.runtime))["consult"]
    assert [(key, record["arguments"]["thought"], record["ok"]) for key, record in records.items()] == [
        ("sequential-thinking/1", "Table.", True),
        ("sequential-thinking/2", "Route.", True),
    ]
    assert [record["arguments"]["nextThoughtNeeded"] for record in records.values()] == [True, False]
