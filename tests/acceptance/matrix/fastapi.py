"""The cells of Python with FastAPI, on the sample of the demo."""

from tests.acceptance.matrix.cases import Case, Edit, Language, column_without_default, get, long_file, new_table

HEALTH = "app/health.py"
PAGES = "app/pagination.py"
_OK = '    return {"status": "ok"}\n'
_VERSION = '''

@router.get("/version")
def version() -> dict[str, str]:
    """Which version this is."""
    logger.debug("asked for the version")
    return {"version": "7"}
'''
_SILENT = '''def last_offset(total: int, request: PageRequest) -> int:
    """Where the last page begins."""
    if total == 0:
        return 0
    full = (total - 1) // request.limit
    return full * request.limit


def make_page'''
_REQUEST = "return PageRequest(limit=limit, offset=offset)"

FASTAPI = Language(
    name="Python (FastAPI)",
    correct=(Edit(HEALTH, _OK, _OK + _VERSION), new_table("migrations/0003_labels.sql")),
    correct_check=get("/version", "7"),
    check=get("/health", "ok"),
    faults={
        "lint fault": Case(
            (Edit(PAGES, "import logging\n", "import logging\nimport os\n"),), "lint/ruff", PAGES, "import os"
        ),
        "type fault": Case(
            (Edit("app/validation.py", "MAX_NAME_LENGTH = 100\n", "MAX_NAME_LENGTH = 100\nLOCALE: str = 7\n"),),
            "lint/mypy",
            "app/validation.py",
            "LOCALE",
        ),
        "broken build": Case(
            (Edit(PAGES, "    limit: int = 20\n", "    limit int = 20\n"),), "build/compile", PAGES, "limit int = 20"
        ),
        "broken test": Case(
            (Edit(PAGES, _REQUEST, _REQUEST.replace("limit=limit", "limit=limit + 1")),),
            "tests/pytest",
            "tests/test_pagination.py",
            "page_request(limit=5, offset=10) ==",
        ),
        "service dies at start": Case(
            (
                Edit("app/main.py", "import logging\n", "import logging\nimport os\n"),
                Edit(
                    "app/main.py",
                    "app = create_app()\n",
                    'app = create_app()\nif os.environ.get("PORT"):\n    raise RuntimeError("no luck")\n',
                ),
            ),
            "runtime",
            "app/main.py",
            "no luck",
        ),
        "service answers 500": Case(
            (Edit(HEALTH, _OK, _OK + _VERSION.replace('return {"version": "7"}', 'raise ValueError("no version")')),),
            "runtime",
            HEALTH,
            "no version",
            get("/version", "7"),
        ),
        "migration fails on rows": column_without_default("migrations/0003_email.sql", "teams"),
        "301-line file": long_file("app/long.py", '"""Long."""\n', "#"),
        "function without its log": Case(
            (Edit(PAGES, "def make_page", _SILENT),), "house_rules", PAGES, "def last_offset"
        ),
    },
)
