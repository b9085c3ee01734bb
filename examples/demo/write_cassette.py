"""Writes `cassette.jsonl`, the recorded answers of the demo, from the files beside this script.

    python examples/demo/write_cassette.py

The first attempt writes `solution/` with `mistake/` laid over it; the second mends what the gates find.
"""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CASSETTE = HERE / "cassette.jsonl"

ANALYSIS = {
    "summary": "Нужен API для пользователей с таблицей в PostgreSQL; модуль app/auth.py разбить на модули.",
    "requirements": [
        "POST /users создаёт пользователя; адрес и имя проверяются и нормализуются",
        "GET /users/{id} отдаёт пользователя, GET /users — страницу списка",
        "Повторный адрес даёт 409, неверный — 422, неизвестный номер — 404",
        "app/auth.py разбит на модули до 300 строк, импорт `from app.auth import ...` работает как прежде",
    ],
    "acceptance": [
        "POST /users отвечает 201 и возвращает нормализованный адрес",
        "GET /users/999999 отвечает 404",
        "GET /auth/me без токена отвечает 401, как и раньше",
    ],
    "plan": [
        "Миграция migrations/0003_users.sql",
        "app/users: схемы, репозиторий на общей основе, маршруты",
        "Подключить маршруты в app/main.py",
        "Перенести app/auth.py в пакет app/auth",
        "Проверить запросами к запущенному сервису",
    ],
    "keywords": ["user", "users", "create_user", "paginate", "validate_email", "repository", "auth"],
    "reuse": [
        {
            "need": "Store and read the rows of one table",
            "names": ["Repository", "BaseRepository", "TableStore", "crud", "insert_row", "get_by_id"],
        },
        {
            "need": "Cut a list of rows into pages",
            "names": ["paginate", "page_request", "Page", "make_page", "limit_offset"],
        },
        {
            "need": "Check and normalise an e-mail address",
            "names": ["validate_email", "normalize_email", "clean_email", "is_email", "EmailAddress"],
        },
        {
            "need": "Answer 404 or 409 with an error of the service",
            "names": ["NotFound", "Conflict", "ApiError", "not_found", "raise_conflict"],
        },
    ],
    "database": True,
    "api": True,
    "complex": True,
}

CHOICES = {1: [1, 9], 2: [2, 1, 5], 3: [1, 2], 4: [1, 3, 2]}
"""Need to the candidates that serve it, by the numbers that the scan of the sample gives them."""

REUSE = (
    "Скан назвал то, что уже есть: таблицу пользователей веду через `Repository` (app/repository.py), страницу отдаю "
    "через `page_request` и `make_page` (app/pagination.py), адрес проверяю через `normalize_email` "
    "(app/validation.py). Своих таких функций не пишу."
)

SUMMARY = (
    "Добавлен API пользователей (POST /users, GET /users, GET /users/{id}) с миграцией 0003_users.sql; использованы "
    "имеющиеся Repository, постраничная выдача и проверка адресов. app/auth.py разбит на пакет app/auth с прежним "
    "путём импорта."
)

WRITES = 3
"""The turn that writes the first files, and says what they build on."""

EDITS = (
    ("from app.teams import router as teams\n", "from app.teams import router as teams\nfrom app.users import router as users\n"),
    ("(health.router, auth.router, teams.router)", "(health.router, auth.router, teams.router, users.router)"),
)


def call(name: str, **arguments: Any) -> dict[str, Any]:
    """One tool call."""
    return {"name": name, "arguments": arguments}


def answer(purpose: str, turn: int, *calls: dict[str, Any], content: str = "") -> dict[str, Any]:
    """One line of the cassette; the numbers of tokens are estimates by length."""
    size = len(json.dumps(calls, ensure_ascii=False)) + len(content)
    usage = {"prompt_tokens": 5200 + 900 * turn, "completion_tokens": size // 4, "total_tokens": 5200 + 900 * turn + size // 4}
    return {"purpose": purpose, "turn": turn, "content": content, "tool_calls": list(calls), "usage": usage}


def read(folder: str, path: str) -> str:
    """A file that the recorded model writes."""
    return (HERE / folder / path).read_text(encoding="utf-8")


def writes(prefix: str) -> list[dict[str, Any]]:
    """The first attempt's `write` calls for the files below a folder."""
    found = []
    for path in sorted((HERE / "solution" / prefix).rglob("*")):
        if path.is_file() and path.suffix in {".py", ".sql"}:
            name = path.relative_to(HERE / "solution").as_posix()
            folder = "mistake" if (HERE / "mistake" / name).is_file() else "solution"
            found.append(call("write", path=name, content=read(folder, name)))
    return found


def mending() -> list[dict[str, Any]]:
    """The second attempt's edits of the router: each block of lines that the mistake lacks."""
    router = "app/users/router.py"
    wrong, right = read("mistake", router), read("solution", router)
    return [call("edit", path=router, old=wrong, new=right)]


def answers() -> list[dict[str, Any]]:
    """The whole recording, in order."""
    checks = json.loads((HERE / "checks.json").read_text(encoding="utf-8"))
    deleted = (HERE / "deleted.txt").read_text(encoding="utf-8").split()
    turns = [
        [call("read", path="app/main.py"), call("read", path="app/repository.py"), call("read", path="app/pagination.py")],
        [call("read", path="app/teams/router.py"), call("read", path="app/validation.py"), call("read", path="app/errors.py")],
        [call("read", path="app/auth.py"), call("grep", pattern=r"app\.auth")],
        [*writes("migrations"), *writes("app/users")],
        [call("edit", path="app/main.py", old=old, new=new) for old, new in EDITS],
        [*writes("app/auth"), *(call("delete", path=path) for path in deleted)],
        [call("bash", command="python -m compileall -q app && git --version")],
        [call("finish", summary=SUMMARY, checks=checks)],
        [call("read", path="app/users/router.py")],
        mending(),
        [call("probe", checks=[checks[0], checks[-2]])],
        [call("finish", summary=SUMMARY, checks=checks)],
    ]
    return [
        answer("analyze", 0, call("analysis", **ANALYSIS)),
        answer("scan", 0, call("choose", choices=[{"need": need, "serves": ones} for need, ones in CHOICES.items()])),
        *(answer("write", turn, *calls, content=REUSE if turn == WRITES else "") for turn, calls in enumerate(turns)),
    ]


def text() -> str:
    """The cassette as it stands in the file."""
    header = {"cassette": 1, "model": "a model that was written by hand"}
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in [header, *answers()])


if __name__ == "__main__":
    CASSETTE.write_text(text(), encoding="utf-8")
