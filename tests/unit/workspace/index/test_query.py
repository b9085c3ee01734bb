import pytest

from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.lookup import understand
from backend_developer.workspace.index.query import LINES, LINES_OF_A_FILE, code_index
from backend_developer.workspace.index.sources import PARSED_BYTES
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


async def test_guesses_at_a_name_also_find_what_is_named_like_them(index: CodeIndex) -> None:
    answer = await code_index(index, "create_user_account|register_user", "py")
    assert "Serving these words" in answer
    assert "app/users.py:1 def create_user(data) (named like" in answer
    assert "named like" not in await code_index(index, "new_invoice|send_.*", "py")


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


@pytest.mark.parametrize(
    ("encoding", "head", "name", "asked"),
    [
        ("utf-16", "#", "\u041a\u0438\u0442", "\u043a\u0438\u0442"),
        ("latin-1", "#", "Caf\u00e9", "caf\u00c9"),
        ("cp1251", "# coding: cp1251", "\u041a\u0438\u0442", "\u043a\u0438\u0442"),
    ],
)
async def test_lines_are_found_in_any_encoding_by_the_anchors_of_a_line(
    index: CodeIndex, write: Write, encoding: str, head: str, name: str, asked: str
) -> None:
    write({"app/old.py": f"{head}\nneedle {name}\r\n".encode(encoding)})
    assert f"app/old.py:2: needle {name}" in await code_index(index, f"^needle {asked}$", "py")


async def test_a_binary_file_has_no_lines(index: CodeIndex, write: Write) -> None:
    write({"app/data.py": b"needle\0"})
    assert await code_index(index, "needle", "py") == "Nothing matches 'needle'."


async def test_what_parses_badly_or_is_huge_is_found_as_text(index: CodeIndex, write: Write) -> None:
    write(
        {
            "app/broken.py": b"def total(:\n    zebra = = 1\n",
            "app/odd.py": "def caf\u00e9(): return 'giraffe'\n".encode("latin-1"),
            "app/huge.py": b"value = 1\n" * (PARSED_BYTES // 10 + 1) + b"okapi = 1\n",
        }
    )
    assert "app/broken.py:2: zebra = = 1" in await code_index(index, "zebra")
    assert "app/odd.py:1: def caf\u00e9()" in await code_index(index, "giraffe")
    assert f"app/huge.py:{PARSED_BYTES // 10 + 2}: okapi = 1" in await code_index(index, "okapi")


async def test_what_git_ignores_and_what_others_wrote_is_never_named(index: CodeIndex, write: Write) -> None:
    code = "def zebra_of_others(): ...\n"
    names = ["node_modules/x/a.py", "vendor/b.py", "third_party/c.py", "build/d.py", "gen/e.py", ".venv/f.py"]
    write({".gitignore": "gen/\n", **dict.fromkeys(names, code)})
    assert await code_index(index, "zebra_of_others") == "Nothing matches 'zebra_of_others'."
    assert await index.similar("zebra of others") == []
    write({".gitignore": ""})
    assert "gen/e.py:1 def zebra_of_others()" in await code_index(index, "zebra_of_others")


async def test_generated_code_is_not_offered_for_reuse(index: CodeIndex, write: Write) -> None:
    write({"api_pb2.py": "def zebra(): ...\n", "api.py": "# @generated\ndef zebra(): ...\n"})
    assert await index.similar("zebra") == []
