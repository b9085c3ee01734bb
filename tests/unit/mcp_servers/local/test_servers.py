"""What the four answer, without a process around them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_developer.contract import CallFailed
from backend_developer.mcp_servers.local import LocalServer, local_servers
from backend_developer.prompts.library import BUILT_IN, SkillLibrary
from backend_developer.workspace.index import CodeIndex

THOUGHT = {"thought": "x", "nextThoughtNeeded": "true", "thoughtNumber": "1", "totalThoughts": 3}


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[dict[str, LocalServer]]:
    root = tmp_path / "project"
    root.mkdir()
    (root / "users.py").write_text("def create_user() -> None: ...\n", encoding="utf-8")
    index = CodeIndex(root, tmp_path / "state")
    yield local_servers(root, index, SkillLibrary())
    index.close()


def test_their_names_in_their_order(servers: dict[str, LocalServer]) -> None:
    assert list(servers) == ["pg-aiguide", "context7", "code-index", "sequential-thinking"]


@pytest.mark.parametrize("database", ["postgres", "PostgreSQL"])
async def test_best_practices_begin_with_both_cores(servers: dict[str, LocalServer], database: str) -> None:
    answer = await servers["pg-aiguide"].call("get_best_practices", {"database": database})
    assert "In short: PostgreSQL table design" in answer[:2_000]
    assert "In short: Senior data engineer" in answer[:2_000]
    for heading in ("### Indexes", "### Migration patterns", "### Incremental sync"):
        assert answer.count(heading) == 1


async def test_a_projects_own_skill_is_what_pg_aiguide_answers_with(tmp_path: Path) -> None:
    manifest = tmp_path / "skills/postgresql-table-design/SKILL.md"
    manifest.parent.mkdir(parents=True)
    front = "---\nname: postgresql-table-design\ndescription: Ours.\n---\n"
    manifest.write_text(f"{front}# Ours\n\n## Core\nOur keys are uuid.\n\n## More\nAlways.\n", encoding="utf-8")
    skills = SkillLibrary([BUILT_IN, tmp_path / "skills"])
    index = CodeIndex(tmp_path, tmp_path / "state")
    answer = await local_servers(tmp_path, index, skills)["pg-aiguide"].call("get_best_practices", {"database": "pg"})
    index.close()
    assert "## In short: Ours\nOur keys are uuid." in answer
    assert "Use `bigint GENERATED ALWAYS AS IDENTITY`" not in answer


async def test_another_database_is_told_what_there_is(servers: dict[str, LocalServer]) -> None:
    with pytest.raises(CallFailed, match="no best practices for 'mysql'; there are: \"postgres\""):
        await servers["pg-aiguide"].call("get_best_practices", {"database": "mysql"})


@pytest.mark.parametrize(
    ("pattern", "words"), [("repository", "savepoint"), ("migration", "expand, backfill, contract")]
)
async def test_patterns(servers: dict[str, LocalServer], pattern: str, words: str) -> None:
    assert words in await servers["pg-aiguide"].call("get_patterns", {"pattern": pattern})


async def test_all_faults_are_named_with_the_way_out(servers: dict[str, LocalServer]) -> None:
    with pytest.raises(CallFailed) as caught:
        await servers["code-index"].call("code-index", {"type": 3, "lang": "py"})
    for words in ("`query`: Field required", "`type`: Input should be a valid string", "`lang`: Extra inputs"):
        assert words in str(caught.value)
    assert "Its arguments are: query (string), type? (string)." in str(caught.value)


async def test_null_is_as_if_left_out(servers: dict[str, LocalServer]) -> None:
    answer = await servers["code-index"].call("code-index", {"query": "user", "type": None})
    assert "users.py:1 def create_user" in answer


async def test_a_file_pattern_narrows(servers: dict[str, LocalServer]) -> None:
    search = servers["code-index"].call
    assert "users.py:1" in await search("search_code_advanced", {"pattern": "user", "file_pattern": "**/*.py"})
    nothing = await search("search_code_advanced", {"pattern": "user", "file_pattern": "*.go"})
    assert nothing == "Nothing matches 'user'."


async def test_thoughts_are_counted_as_the_public_server_does(servers: dict[str, LocalServer]) -> None:
    think = servers["sequential-thinking"]
    await think.call("sequentialthinking", THOUGHT)
    await think.call("sequentialthinking", {**THOUGHT, "branchFromThought": 1, "branchId": "b"})
    await think.call("sequentialthinking", {**THOUGHT, "branchFromThought": 1})
    last = {**THOUGHT, "thoughtNumber": 5, "nextThoughtNeeded": False, "isRevision": True, "revisesThought": 1}
    assert await think.call("sequentialthinking", last) == json.dumps(
        {
            "thoughtNumber": 5,
            "totalThoughts": 5,
            "nextThoughtNeeded": False,
            "branches": ["b"],
            "thoughtHistoryLength": 4,
        },
        indent=2,
    )


async def test_each_instance_thinks_for_itself(servers: dict[str, LocalServer], tmp_path: Path) -> None:
    await servers["sequential-thinking"].call("sequentialthinking", THOUGHT)
    index = CodeIndex(tmp_path, tmp_path / "state")
    other = local_servers(tmp_path, index, SkillLibrary())["sequential-thinking"]
    assert json.loads(await other.call("sequentialthinking", THOUGHT))["thoughtHistoryLength"] == 1
    index.close()
