from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import CallFailed
from backend_developer.mcp_servers import catalog


class Asked:
    """A public server that says the same to everything."""

    def __init__(self, says: str = "- Library ID: /fastapi/fastapi") -> None:
        self.says = says
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def __call__(self, tool: str, arguments: dict[str, Any]) -> str:
        self.calls.append((tool, arguments))
        return self.says


@pytest.mark.parametrize(
    ("role", "tool", "arguments", "asked"),
    [
        (
            "pg-aiguide",
            "get_best_practices",
            {"database": "postgres"},
            ("view_skill", {"skill_name": "design-postgres-tables"}),
        ),
        (
            "pg-aiguide",
            "get_patterns",
            {"pattern": "migration"},
            ("view_skill", {"skill_name": "postgres-database-migration"}),
        ),
        (
            "code-index",
            "code-index",
            {"query": r"create\|update", "type": "py"},
            (
                "search_code_advanced",
                {"pattern": "create|update", "regex": True, "case_sensitive": False, "file_pattern": "*.py"},
            ),
        ),
    ],
)
async def test_the_users_calls_in_the_words_of_the_public_servers(
    role: str, tool: str, arguments: dict[str, Any], asked: tuple[str, dict[str, Any]]
) -> None:
    server = Asked()
    await catalog.ask_public(role, tool, arguments, {asked[0]}, server)
    assert server.calls == [asked]


async def test_a_plain_library_name_is_looked_up_first() -> None:
    server = Asked()
    await catalog.ask_public(
        "context7", "get_library_context", {"context7CompatibleLibraryID": "fastapi"}, {"query-docs"}, server
    )
    assert [tool for tool, _ in server.calls] == ["resolve-library-id", "query-docs"]
    assert server.calls[1][1]["libraryId"] == "/fastapi/fastapi"


async def test_a_server_with_the_users_own_names_is_asked_as_it_is() -> None:
    server = Asked()
    await catalog.ask_public("pg-aiguide", "get_patterns", {"pattern": "repository"}, {"get_patterns"}, server)
    assert server.calls == [("get_patterns", {"pattern": "repository"})]


async def test_what_no_public_server_has_is_refused() -> None:
    with pytest.raises(CallFailed, match="nothing on the pattern 'repository'"):
        await catalog.ask_public("pg-aiguide", "get_patterns", {"pattern": "repository"}, {"view_skill"}, Asked())


async def test_code_index_is_told_the_project_first() -> None:
    server = Asked()
    await catalog.prepare("code-index", Path("/shop"), {"set_project_path"}, server)
    assert server.calls == [("set_project_path", {"path": "/shop"})]


@pytest.mark.parametrize(
    ("role", "answer"),
    [
        ("context7", "Error searching libraries: TypeError: fetch failed"),
        ("context7", "No libraries found matching the provided name."),
        ("context7", "Rate limited or quota exceeded. Create a free API key."),
        ("context7", "Documentation not found or not finalized for this library."),
        ("context7", "Request failed with status 500. Please try again later."),
        ("code-index", "Error: Project path not set."),
        ("code-index", '{"status": "error", "message": "no index"}'),
        ("code-index", '{"error": "no index"}'),
        ("pg-aiguide", " "),
    ],
)
def test_failures_that_are_not_marked_are_told(role: str, answer: str) -> None:
    assert catalog.failure(role, answer)


@pytest.mark.parametrize(
    ("role", "answer"),
    [
        ("context7", "Available Libraries:\n\n- Error handling: /x/errors"),
        ("code-index", '{"results": [], "file": "app/errors.py"}'),
        ("pg-aiguide", "Error handling in PostgreSQL"),
    ],
)
def test_answers_that_speak_of_errors_are_answers(role: str, answer: str) -> None:
    assert catalog.failure(role, answer) is None
