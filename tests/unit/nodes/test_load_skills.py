from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract.analysis import Analysis
from backend_developer.nodes.load_skills import TABLE, choose, load_skills, topics
from tests.support.fakes import make_bench

GENERAL = {
    "error-handling-patterns", "security-compliance", "code-standards", "architecture-patterns", "continuous-learning"
}  # fmt: skip
PYTHON = {"async-python-patterns", "python-testing-patterns", "python-performance-optimization"}
TYPESCRIPT = {"typescript-advanced-types", "typescript-review", "typescript-write"}


def chosen(*detected: str, **about: Any) -> set[str]:
    return set(choose(topics(Analysis(summary="x", **about), list(detected)))) - GENERAL


@pytest.mark.parametrize(
    ("detected", "skills"),
    [
        (["python"], PYTHON),
        (["Python"], PYTHON),
        (["python", "django"], PYTHON | {"django-expert"}),
        (["typescript"], TYPESCRIPT),
        (["javascript", "express"], TYPESCRIPT),
        (["go"], {"go-concurrency-patterns"}),
        (["rust"], {"rust-async-patterns", "handling-rust-errors", "memory-safety-patterns", "cargo-fuzz"}),
        (["csharp"], {"dotnet-backend-patterns"}),
        (["python", "go"], PYTHON | {"go-concurrency-patterns"}),
        ([], set()),
    ],
)
def test_each_language_of_the_users_table(detected: list[str], skills: set[str]) -> None:
    assert chosen(*detected) == skills


@pytest.mark.parametrize(
    ("topic", "skills"),
    [
        ("database", {"postgresql-table-design", "senior-data-engineer"}),
        ("rag", {"rag-implementation", "embedding-strategies"}),
        ("api", {"designing-apis", "auth-implementation-patterns", "microservices-patterns"}),
        ("performance", {"optimizing-performance", "file-sizes"}),
    ],
)
def test_each_topic_of_the_users_table(topic: str, skills: set[str]) -> None:
    assert chosen(**{topic: True}) == skills


def test_the_table_is_the_users_27_skills_and_general_is_always_there() -> None:
    named = {name for _, names in TABLE for name in names}
    assert len(named) == 27
    assert set(choose(topics(Analysis(summary="x"), []))) == GENERAL


def test_each_skill_once_in_a_fixed_order() -> None:
    names = choose(topics(Analysis(summary="x", api=True), ["python", "django"]))
    assert len(names) == len(set(names))
    assert names == choose(topics(Analysis(summary="x", api=True), ["django", "python"]))
    assert names[:4] == ["django-expert", "async-python-patterns", "designing-apis", "code-standards"]


async def test_the_node_fits_the_cores_into_the_budget(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path, skill_tokens=500)
    skills = (await load_skills(bench.state(), bench.runtime))["skills"]
    cores = bench.context.skills.prompt(skills["loaded"], [])
    assert skills["loaded"]
    assert skills["listed"]
    assert len(cores) < 500 * 4 + 40 * len(skills["loaded"])


async def test_no_budget_lists_them_all(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path, skill_tokens=0)
    skills = (await load_skills(bench.state(), bench.runtime))["skills"]
    assert skills["loaded"] == []
    assert "code-standards" in skills["listed"]
