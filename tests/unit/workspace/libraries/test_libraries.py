from pathlib import Path

import pytest

from backend_developer.contract import CallFailed
from backend_developer.workspace.libraries import Libraries
from backend_developer.workspace.libraries.catalogue import ANSWER_CHARS
from tests.unit.workspace.libraries.conftest import Install, put

VIEWS = '''
"""Class based views."""
raise SystemExit("must never be run")

class APIView(View):
    """Base of all views."""
    def dispatch(self, request: Request, *args: object) -> Response:
        """Route a request."""
    def _hidden(self): ...

async def throttle(rate: Annotated[int, Doc("a whole chapter")] = 3) -> None:
    """Limit the requests of a client."""
'''
README = "# DRF\n\n[![badge](x)](y)\n\nWeb APIs.\n\n## Quickstart\nRun it.\n\nPagination\n----------\nUse cursors.\n"


@pytest.fixture
def drf(pip: Install) -> None:
    pip("djangorestframework", "3.16.1", {"rest_framework/__init__.py": "", "rest_framework/views.py": VIEWS}, README)
    pip("Django", "5.2.1", {"django/__init__.py": '"""The web framework."""\n'})


@pytest.mark.parametrize(
    "name",
    [
        "django-rest-framework",
        "rest_framework",
        "DjangoRestFramework",
        "/encode/django-rest-framework",
        "/encode/django-rest-framework/v3.16",
        "/python/djangorestframework",
    ],
)
@pytest.mark.usefixtures("drf")
def test_a_library_goes_by_many_names(root: Path, name: str) -> None:
    answer = Libraries(root).context(name, "")
    assert answer.startswith("djangorestframework 3.16.1, installed in this project (python).")
    assert "## Quickstart\n(from djangorestframework-3.16.1.dist-info/METADATA)\nRun it." in answer
    assert "badge" not in answer


@pytest.mark.usefixtures("drf")
def test_the_exact_name_comes_first_and_others_that_hold_it_follow(root: Path) -> None:
    _, *lines = Libraries(root).resolve("django").splitlines()
    assert lines == [
        "- /python/Django 5.2.1: About Django.",
        "- /python/djangorestframework 3.16.1: About djangorestframework.",
    ]


@pytest.mark.usefixtures("drf")
def test_a_question_gets_signatures_and_docstrings_read_from_the_source(root: Path) -> None:
    answer = Libraries(root).context("djangorestframework", "throttle requests")
    first = answer.split("\n\n")[1]
    assert first == (
        "## rest_framework.views.throttle(rate: int=3) -> None\n(from rest_framework/views.py)\n"
        "Limit the requests of a client."
    )
    assert "- dispatch(self, request: Request, *args: object) -> Response" in answer
    assert "_hidden" not in answer


@pytest.mark.usefixtures("drf")
def test_a_question_is_answered_from_the_readme_too(root: Path) -> None:
    assert "## Pagination\n" in Libraries(root).context("rest_framework", "pagination").split("\n\n")[1] + "\n"


@pytest.mark.usefixtures("drf")
def test_where_nothing_answers_the_overview_is_given_and_said_to_be_one(root: Path) -> None:
    answer = Libraries(root).context("rest_framework", "zebra")
    assert "Nothing in it is about 'zebra'" in answer
    assert "Web APIs." in answer


@pytest.mark.usefixtures("drf")
def test_what_is_missing_is_told_with_near_names_and_what_the_manifests_ask_for(root: Path) -> None:
    (root / "pyproject.toml").write_text('[project]\nname = "x"\ndependencies = ["Flask>=3.1"]\n', encoding="utf-8")
    (root / "requirements-dev.txt").write_text("flask[async]==3.1.0 # web\n", encoding="utf-8")
    with pytest.raises(CallFailed) as caught:
        Libraries(root).context("flask", "")
    assert "'flask' is not installed" in str(caught.value)
    assert "pyproject.toml asks for Flask>=3.1" in str(caught.value)
    assert "requirements-dev.txt asks for flask[async]==3.1.0:" in str(caught.value)
    assert "Near names that are installed: Django." in Libraries(root).resolve("djangoo")


def test_a_project_without_libraries_says_so(root: Path) -> None:
    assert "No library is" in Libraries(root).resolve("django")


def test_what_a_record_names_outside_of_the_environment_is_not_read(root: Path, pip: Install) -> None:
    put(root.parent, {"secret.py": '"""The secret key."""\n'})
    pip("sly", "1", {"sly/__init__.py": '"""Sly."""\n', "../../../../../secret.py": '"""The secret key."""\n'})
    assert "The secret key" not in Libraries(root).context("sly", "secret key")


def test_broken_source_costs_only_itself(root: Path, pip: Install) -> None:
    pip("odd", "1", {"odd/__init__.py": "def (", "odd/good.py": 'def connect() -> None:\n    """Connect."""\n'})
    assert "odd.good.connect() -> None" in Libraries(root).context("odd", "connect")


def test_an_answer_is_bounded(root: Path, pip: Install) -> None:
    many = "\n".join(f'def connect_{n}() -> None:\n    """{"connect " * 60}"""' for n in range(300))
    pip("big", "1", {"big/__init__.py": many})
    assert len(Libraries(root).context("big", "connect")) <= ANSWER_CHARS + 2


EXPRESS = {
    "README.md": "# Express\n\nMinimal.\n\n## Routing\nBy method.\n",
    "index.d.ts": "/** Start an application. */\nexport declare function express(): Application;\n",
    "lib/router.d.cts": "export interface Router {}\n",
    "lib/router.d.ts": "/** Holds routes. */\nexport interface Router {\n  route(path: string): void;\n}\n",
    "node_modules/inner/x.d.ts": "export interface RouterOfAnother {}\n",
}


@pytest.mark.parametrize("name", ["express", "/expressjs/express", "/node/express/5.1.0", "express.js"])
def test_a_node_library_by_readme_and_declarations(root: Path, npm: Install, name: str) -> None:
    npm("express", "5.1.0", EXPRESS)
    overview = Libraries(root).context(name, "")
    assert overview.startswith("express 5.1.0, installed in this project (node). About express.")
    assert "export declare function express(): Application;" in overview
    answer = Libraries(root).context(name, "router")
    assert "## interface Router\n(from lib/router.d.ts)\n/** Holds routes. */" in answer
    assert "RouterOfAnother" not in answer
    assert "router.d.cts" not in answer, "the same declarations are shown once"


def test_a_scoped_node_library_and_one_that_is_only_asked_for(root: Path, npm: Install) -> None:
    npm("@nestjs/core", "11.0.0", {"README.md": "Nest.", "index.d.ts": "export class NestFactory {}\n"})
    assert "class NestFactory" in Libraries(root).context("/node/@nestjs/core", "factory")
    assert "package.json asks for absent@^1" in Libraries(root).resolve("absent")


def test_a_node_package_cannot_show_what_is_outside_of_it(root: Path, npm: Install, tmp_path: Path) -> None:
    (tmp_path / "key.d.ts").write_text("export const secret = 1;\n", encoding="utf-8")
    npm("sly", "1.0.0", {"README.md": "Sly."})
    (root / "node_modules/sly/index.d.ts").symlink_to(tmp_path / "key.d.ts")
    (root / "node_modules/linked").symlink_to(tmp_path)
    (tmp_path / "package.json").write_text('{"name": "linked"}', encoding="utf-8")
    assert "secret" not in Libraries(root).context("sly", "")
    assert "'linked' is not installed" in Libraries(root).resolve("linked")


def test_what_is_installed_meanwhile_is_found(root: Path, pip: Install) -> None:
    pip("first", "1", {"first/__init__.py": ""})
    libraries = Libraries(root)
    assert "'second' is not installed" in libraries.resolve("second")
    pip("second", "2", {"second/__init__.py": ""})
    assert "- /python/second 2: About second." in libraries.resolve("second")
