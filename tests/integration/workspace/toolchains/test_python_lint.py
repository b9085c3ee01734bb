"""Real linters on real projects."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains.base import Step, StepKind
from backend_developer.workspace.toolchains.python.toolchain import PythonToolchain

Write = Callable[[dict[str, str]], Path]
Run = Callable[[Step], Awaitable[Outcome]]
Steps = Callable[[PythonToolchain, StepKind], list[Step]]
Open = Callable[[Path], PythonToolchain]

SETUP = "[project]\nname = 'shop'\nversion = '1'\n"
FAULTY = "import os\n\n\ndef price(count: int) -> str:\n    return count\n"


@pytest.fixture
def lint(project: Write, toolchain: Open, run: Run, steps: Steps) -> Callable[..., Awaitable[list[Finding]]]:
    async def lint(files: dict[str, str], kind: StepKind = "lint") -> list[Finding]:
        root = project(files)
        python = toolchain(root)
        return [finding for step in steps(python, kind) for finding in python.findings(step, await run(step), root)]

    return lint


Lint = Callable[..., Awaitable[list[Finding]]]


def _places(findings: list[Finding]) -> list[tuple[str, str, str | None, int | None]]:
    return [(finding.source, finding.code, finding.file, finding.line) for finding in findings]


async def test_ruff_and_mypy_as_configured_in_pyproject(lint: Lint) -> None:
    pyproject = f"{SETUP}[tool.ruff]\nline-length = 100\n[tool.mypy]\nstrict = true\n"
    found = await lint({"pyproject.toml": pyproject, "shop/__init__.py": "", "shop/prices.py": FAULTY})
    assert _places(found) == [
        ("lint/ruff", "F401", "shop/prices.py", 1),
        ("lint/mypy", "return-value", "shop/prices.py", 5),
    ]


async def test_flake8_black_and_isort_as_configured(lint: Lint) -> None:
    found = await lint(
        {
            "setup.cfg": "[flake8]\nmax-line-length = 100\n",
            "pyproject.toml": f"{SETUP}[tool.black]\nline-length = 100\n[tool.isort]\nprofile = 'black'\n",
            "shop.py": "import sys\nimport os\nprint( sys, os )\n",
        }
    )
    assert ("lint/flake8", "E201", "shop.py", 3) in _places(found)
    assert ("lint/black", "unformatted", "shop.py", None) in _places(found)
    assert ("lint/isort", "unsorted", "shop.py", None) in _places(found)


async def test_a_clean_project_has_no_findings(lint: Lint) -> None:
    pyproject = f"{SETUP}[tool.ruff.format]\nquote-style = 'double'\n[tool.mypy]\nstrict = true\n"
    assert await lint({"pyproject.toml": pyproject, "src/shop/__init__.py": '"""Shop."""\n'}) == []


async def test_what_is_not_configured_is_not_run_but_the_syntax_is_checked(lint: Lint) -> None:
    found = await lint({"shop.py": "import os\n", "broken.py": "def f(:\n"})
    assert _places(found) == [("lint/compile", "SyntaxError", "broken.py", 1)]


async def test_a_linter_that_refuses_its_settings_is_a_finding(lint: Lint) -> None:
    found = await lint({"pyproject.toml": f"{SETUP}[tool.ruff]\nline-length = 'wide'\n", "shop.py": ""})
    assert [finding.code for finding in found] == ["exit-2"]
    assert "line-length" in found[0].message


async def test_build_compiles_every_file_with_the_projects_interpreter(lint: Lint) -> None:
    files = {"shop.py": "return 1\n", "other.py": "x = '\\d'\n", "latin.py": "# ü", ".hidden/x.py": "(\n"}
    found = await lint(files, "build")
    assert _places(found) == [("build/compile", "SyntaxError", "shop.py", 1)]


DJANGO = {
    "manage.py": (
        "import os, sys\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_settings')\n"
        "from django.core.management import execute_from_command_line\n"
        "execute_from_command_line(sys.argv)\n"
    ),
    "site_settings.py": (
        "SECRET_KEY = 'x'\nINSTALLED_APPS = ['notes']\nDEFAULT_AUTO_FIELD = 'django.db.models.AutoField'\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db.sqlite3'}}\n"
    ),
    "notes/__init__.py": "",
    "notes/migrations/__init__.py": "",
}


async def test_django_names_broken_models_and_missing_migrations(lint: Lint) -> None:
    models = "from django.db import models\nclass Note(models.Model):\n    price = models.DecimalField()\n"
    found = await lint(DJANGO | {"notes/models.py": models}, "build")
    assert ("build/django-check", "fields.E130", "notes/models.py", 3) in _places(found)
    assert ("build/django-migrations", "no-migration", None, None) in _places(found)


async def test_what_django_cannot_import_is_placed(lint: Lint) -> None:
    urls = "from django.urls import path\n\nurlpatterns = [\n    path('notes', 'notes.views.all'),\n]\n"
    settings = DJANGO["site_settings.py"] + "ROOT_URLCONF = 'site_urls'\n"
    found = await lint(DJANGO | {"site_settings.py": settings, "site_urls.py": urls}, "build")
    assert _places(found) == [("build/django-check", "TypeError", "site_urls.py", 4)]


async def test_a_django_project_in_order_builds(lint: Lint) -> None:
    assert await lint(DJANGO | {"notes/models.py": ""}, "build") == []
