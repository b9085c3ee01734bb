"""Where a fault lies that a tool names without its line."""

from pathlib import Path

import pytest

from backend_developer.workspace.toolchains.base import Package, Step
from backend_developer.workspace.toolchains.python.places import checked, crash

STEP = Step(kind="build", tool="django-check", argv=(), package=Package(toolchain="python", root="site"), env={})
MODELS = "class Old:\n    pass\n\n\nclass Note(Base):\n    text = Text()\n    price: Field = Decimal()\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "site/notes/models.py": MODELS,
        "site/shop/models/__init__.py": "from shop.models.items import Item\n",
        "site/shop/models/items.py": "\nclass Item(Base):\n    name = Text()\n",
        "site/notes/admin.py": "class NoteAdmin(Admin):\n    list_display = ['nowhere']\n",
        "site/urls.py": "broken\n",
        "site/.venv/lib/site-packages/django/urls.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("named", "place"),
    [
        ("notes.Note.price", ("site/notes/models.py", 7)),
        ("notes.Note.inherited", ("site/notes/models.py", 5)),
        ("notes.Note", ("site/notes/models.py", 5)),
        ("shop.Item.name", ("site/shop/models/items.py", 3)),
        ("<class 'notes.admin.NoteAdmin'>", ("site/notes/admin.py", 1)),
        ("notes.Nobody", None),
        ("elsewhere.Note", None),
        ("?", None),
    ],
)
def test_what_a_check_is_about(root: Path, named: str, place: tuple[str, int] | None) -> None:
    assert checked(named, STEP, root) == place


def test_a_crash_is_at_the_innermost_line_of_the_project(root: Path) -> None:
    lines = [
        "Traceback (most recent call last):",
        f'  File "{root}/site/urls.py", line 1, in <module>',
        f'  File "{root}/site/.venv/lib/site-packages/django/urls.py", line 9, in path',
        "KeyError: 'view'",
        "",
        "The above exception was the direct cause of the following exception:",
        "",
        "Traceback (most recent call last):",
        f'  File "{root}/site/notes/models.py", line 6, in <module>',
        "django.core.exceptions.ImproperlyConfigured: no view",
    ]
    found = crash(lines, STEP, root)
    assert found is not None
    assert (found.code, found.file, found.line) == ("ImproperlyConfigured", "site/notes/models.py", 6)
    assert crash(["KeyError: 'view'"], STEP, root) is None
