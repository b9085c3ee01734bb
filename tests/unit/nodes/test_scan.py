from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from langgraph.runtime import Runtime

from backend_developer.contract import Settings
from backend_developer.nodes.context import Context
from backend_developer.nodes.scan import scan
from backend_developer.workspace.index import CodeIndex

FILES = {
    "app/security.py": '''
def hash_password(password: str) -> str:
    """What is stored in place of a password."""
    return scrypt(password)
''',
    "app/users.py": '''
from fastapi import APIRouter
router = APIRouter(prefix="/users")

@router.get("/{user_id}")
def get_user(user_id: int) -> User:
    """One user."""
    return repository.get(user_id)
''',
    "app/orders.py": """
from fastapi import APIRouter
router = APIRouter(prefix="/orders")

@router.get("")
def list_orders() -> list[Order]:
    return repository.all()
""",
    "app/models.py": """
class User(Base):
    __tablename__ = "users"
    id = Column(Integer)
    email = Column(String)

class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer)
""",
    "app/log.py": "def setup_logging(level): ...\n",
    "app/auth.py": "RIGHTS = 1\n" * 320,
}
TASK = {
    "task_id": "feat-user-api",
    "main_task": "Создать API для пользователей",
    "extras": ["Разбить auth.py на модули"],
    "files_involved": ["app/auth.py"],
    "requirements": ["Hash the password before it is stored"],
}
ANALYSIS = {"keywords": ["user", "create", "password", "hash"], "requirements": ["create a user"]}


@dataclass
class Surroundings:
    """What the node reads of the run's context."""

    index: CodeIndex
    settings: Settings = field(default_factory=lambda: Settings(scan_tokens=1_200))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[CodeIndex]:
    for path, text in FILES.items():
        file = tmp_path / "project" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    opened = CodeIndex(tmp_path / "project", tmp_path / "state")
    yield opened
    opened.close()


async def scanned(
    index: CodeIndex, tokens: int = 1_200, task: dict[str, Any] = TASK, analysis: dict[str, Any] = ANALYSIS
) -> dict[str, Any]:
    context = cast("Context", Surroundings(index, Settings(scan_tokens=tokens)))
    update = await scan({"task": task, "analysis": analysis}, Runtime(context=context))
    assert list(update) == ["scan"]
    return cast("dict[str, Any]", update["scan"])


async def test_the_digest_names_what_serves_the_task_in_the_order_of_its_use(index: CodeIndex) -> None:
    digest = (await scanned(index))["digest"]
    assert digest == (
        "## Reuse these\n"
        "- app/security.py:2 `hash_password(password: str) -> str`: What is stored in place of a password.\n"
        "- app/users.py:6 `get_user(user_id: int) -> User`: One user.\n"
        "\n"
        "## Endpoints there are\n"
        "- GET /users/{user_id} -> get_user (fastapi) app/users.py:6\n"
        "\n"
        "## Models there are\n"
        "- User (sqlalchemy, table users): id, email app/models.py:2\n"
        "\n"
        "## Conventions seen\n"
        "- logging (1 file): app/log.py:1 `def setup_logging(level)`\n"
        "\n"
        "## Files over the limit of lines\n"
        "- app/auth.py: 320 lines\n"
    )


async def test_the_digest_is_the_same_byte_by_byte_for_a_new_index_too(index: CodeIndex, tmp_path: Path) -> None:
    first = (await scanned(index))["digest"]
    (tmp_path / "project/app/orders.py").touch()
    other = CodeIndex(tmp_path / "project", tmp_path / "other state")
    assert (await scanned(index))["digest"] == first == (await scanned(other))["digest"]
    other.close()


@pytest.mark.parametrize("tokens", [0, 10, 40, 80, 120, 200])
async def test_the_digest_keeps_to_its_budget(index: CodeIndex, tokens: int) -> None:
    digest = (await scanned(index, tokens))["digest"]
    assert len(digest) <= tokens * 4
    assert "Nothing in the project" not in digest


async def test_a_small_budget_is_shared_out(index: CodeIndex) -> None:
    digest = (await scanned(index, 110))["digest"]
    assert "hash_password" in digest
    assert "get_user (fastapi)" in digest


async def test_a_project_without_anything_of_use_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    index = CodeIndex(tmp_path / "empty", tmp_path / "state")
    assert (await scanned(index))["digest"] == "Nothing in the project serves this task yet.\n"
    index.close()


async def test_another_resource_serves_as_an_example(index: CodeIndex) -> None:
    task = {"task_id": "t", "main_task": "Add invoices"}
    digest = (await scanned(index, task=task, analysis={}))["digest"]
    assert "GET /orders -> list_orders (fastapi) app/orders.py:6 (another resource, as an example)" in digest
    assert "Reuse these" not in digest


async def test_the_hits_are_plain_json(index: CodeIndex) -> None:
    result = await scanned(index)
    assert result["hits"][0]["name"] == "hash_password"
    assert result["hits"][0]["why"]
    assert {type(value) for hit in result["hits"] for value in hit.values()} <= {str, int, float}
    assert isinstance(result["ms"], int)
