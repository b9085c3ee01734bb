"""The cells of Python with Django."""

from tests.acceptance.matrix.cases import Case, Edit, Language, get, long_file

MODELS = "notes/models.py"
VIEWS = "notes/views.py"
TEXTS = "notes/texts.py"
WSGI = "config/wsgi.py"
ADDED = "notes/migrations/0002_added.py"
_TEXT = "    text = models.TextField()\n"
_HEALTH = '    return JsonResponse({"status": "ok"})\n'
_ID = '{"id": note.id, '
_APPLICATION = "application = get_wsgi_application()\n"
_SILENT = '''def longest(text: str) -> int:
    """How long the longest word is."""
    found = 0
    for word in text.split():
        found = max(found, len(word))
    return found


def words'''


def _migration(name: str, field: str) -> Edit:
    """A migration that adds a field to the notes."""
    text = f'''"""One field more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notes", "0001_initial")]
    operations = [
        migrations.AddField(model_name="note", name="{name}", field={field}),
    ]
'''
    return Edit(ADDED, "", text)


def _field(name: str, field: str) -> tuple[Edit, Edit]:
    """A field, in the model and as a migration."""
    return Edit(MODELS, _TEXT, f"{_TEXT}    {name} = {field}\n"), _migration(name, field)


DJANGO = Language(
    name="Django",
    correct=(
        *_field("pinned", "models.BooleanField(default=False)"),
        Edit(VIEWS, _ID, f'{_ID}"pinned": note.pinned, '),
    ),
    correct_check={
        "method": "POST",
        "path": "/notes",
        "json": {"text": "milk"},
        "expect": {"status": 201, "contains": '"pinned": false'},
    },
    check=get("/health", "ok"),
    faults={
        "lint fault": Case(
            (Edit(TEXTS, "import logging\n", "import logging\nimport os\n"),), "lint/ruff", TEXTS, "import os"
        ),
        "type fault": Case(
            (Edit(TEXTS, "MAX_TITLE = 30\n", "MAX_TITLE = 30\nENDING: str = 7\n"),), "lint/mypy", TEXTS, "ENDING"
        ),
        "broken build": Case(
            (Edit(MODELS, _TEXT, f"{_TEXT}    price = models.DecimalField()\n"),),
            "build/django-check",
            MODELS,
            "price",
        ),
        "broken test": Case(
            (Edit(TEXTS, "first[: MAX_TITLE - 1]", "first[:MAX_TITLE]"),),
            "tests/django",
            "notes/tests.py",
            '"a" * 40',
        ),
        "service dies at start": Case(
            (Edit(WSGI, _APPLICATION, f'{_APPLICATION}raise RuntimeError("no luck")\n'),), "runtime", WSGI, "no luck"
        ),
        "service answers 500": Case(
            (Edit(VIEWS, _HEALTH, f'    raise ValueError("no health")\n{_HEALTH}'),), "runtime", VIEWS, "no health"
        ),
        # Each insert works, for Django puts an empty text where none is given.
        "migration fails on rows": Case(_field("email", "models.TextField()"), "database", ADDED, "AddField"),
        "301-line file": long_file("notes/long.py", '"""Long."""\n', "#"),
        "function without its log": Case((Edit(TEXTS, "def words", _SILENT),), "house_rules", TEXTS, "def longest"),
    },
)
