import pytest

from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.lookup import understand
from backend_developer.workspace.index.query import LINES, LINES_OF_A_FILE, code_index
from tests.unit.workspace.index.conftest import Write

FILES: dict[str, str | bytes] = {
    "app/users.py": 'def create_user(data):\n    """Store a user."""\n    log("create_user", data)\n    return data\n',
    "app/auth.py": "class Session:\n    def delete(self): ...\n",
    "tests/test_users.py": "def test_create_user(): ...\n",
    "web/users.ts": "export function createUser() {}\n",
}


@pytest.fixture(autouse=True)
def project(write: Write) -> None:
    write(FILES)


async def test_definitions_come_before_lines_and_product_code_before_tests(index: CodeIndex) -> None:
    answer = await code_index(index, "create|delete", "py")
    assert answer.splitlines() == [
        "Definitions (3)",
        "app/auth.py:2 def delete(self) in Session",
        "app/users.py:1 def create_user(data) - Store a user.",
        "tests/test_users.py:1 def test_create_user()",
        "",
        "Lines in 3 files (4)",
        "app/auth.py:2: def delete(self): ...",
        "app/users.py:1: def create_user(data):",
        'app/users.py:3: log("create_user", data)',
        "tests/test_users.py:1: def test_create_user(): ...",
    ]


@pytest.mark.parametrize(
    "query",
    [r"create\|delete", '"create\\|delete" --type py', r'code-index "create\|delete" --type py', "'create|delete'"],
)
async def test_every_way_to_write_a_query_is_understood(index: CodeIndex, query: str) -> None:
    assert await code_index(index, query, "py") == await code_index(index, "create|delete", "py")


async def test_the_type_limits_the_files(index: CodeIndex) -> None:
    assert "web/users.ts" in await code_index(index, "createUser", None)
    assert await code_index(index, "createUser", "go") == "Nothing matches 'createUser'."
    assert "web/users.ts" not in await code_index(index, "user", "python")


async def test_plain_words_also_find_what_serves_them(index: CodeIndex) -> None:
    assert "Serving these words (1)\napp/users.py:1 def create_user(data) (name: add, user)" in await code_index(
        index, "add a user", "py"
    )


@pytest.mark.parametrize("query", ["create_user(", "*", "(a+)+$", "[", "a{99999999999}"])
async def test_what_is_no_safe_expression_is_taken_literally(index: CodeIndex, query: str) -> None:
    assert (await code_index(index, query, "py")) is not None
    assert understand(query, None).expression.search(f"x{query}y")


@pytest.mark.parametrize("query", ["", "  ", '""', "|"])
async def test_an_empty_query_says_what_to_give(index: CodeIndex, query: str) -> None:
    assert "is empty" in await code_index(index, query, None)


async def test_the_answer_is_bounded(index: CodeIndex, write: Write) -> None:
    write({f"many/file_{number}.py": "needle = 1\n" * 50 for number in range(30)})
    answer = await code_index(index, "needle", None)
    shown = [line for line in answer.splitlines() if line.startswith("many/")]
    assert len(shown) == LINES
    assert sum(line.startswith("many/file_0.py") for line in shown) == LINES_OF_A_FILE
    assert "Lines in 30 files (40 of 1500)" in answer


async def test_routes_and_enclosing_types_are_told(index: CodeIndex, write: Write) -> None:
    write(
        {
            "web/api.js": 'app.get("/orders", listOrders);\n',
            "web/orders.rs": "impl Orders {\n    /// All of them.\n    pub fn list_orders(&self) {}\n}\n",
        }
    )
    assert "web/api.js:1 route GET /orders -> listOrders" in await code_index(index, "^/orders", "js")
    assert "web/orders.rs:3 pub fn list_orders(&self) in Orders - All of them." in await code_index(
        index, "list_orders", "rs"
    )
