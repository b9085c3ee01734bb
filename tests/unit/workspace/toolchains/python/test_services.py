from pathlib import Path

import pytest

from backend_developer.workspace.toolchains.base import Package, ServiceSpec
from backend_developer.workspace.toolchains.python.toolchain import PythonToolchain

FASTAPI = "from fastapi import FastAPI\n"
FLASK = "from flask import Flask\n"


def _services(root: Path, files: dict[str, str]) -> list[ServiceSpec]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    toolchain = PythonToolchain(root, root / ".scratch")
    return toolchain.services(root, Package("python", "."))


@pytest.mark.parametrize(
    ("files", "target", "search"),
    [
        ({"main.py": FASTAPI + "app = FastAPI()\n"}, ("main:app",), "."),
        ({"main.py": "import fastapi\napi: object = fastapi.FastAPI(title='x')\n"}, ("main:api",), "."),
        ({"app/__init__.py": "", "app/main.py": FASTAPI + "app = FastAPI()\n"}, ("app.main:app",), "."),
        ({"src/shop/__init__.py": FASTAPI + "app = FastAPI()\n"}, ("shop:app",), "src"),
        ({"api/main.py": FASTAPI + "import db\napp = FastAPI()\n", "api/db.py": ""}, ("main:app",), "api"),
        ({"api/main.py": FASTAPI + "from api import db\napp = FastAPI()\n", "api/db.py": ""}, ("api.main:app",), "."),
        (
            {"app.py": FASTAPI + "def create_app(x=1, *, y=2):\n    return FastAPI()\n"},
            ("app:create_app", "--factory"),
            ".",
        ),
        (
            {
                "shop/__init__.py": FASTAPI + "def create_app(config):\n    return FastAPI()\n",
                "wsgi.py": "from shop import create_app\napplication = create_app({})\n",
            },
            ("wsgi:application",),
            ".",
        ),
        (
            {
                "main.py": FASTAPI + "app = FastAPI()\n",
                "sub/admin.py": FASTAPI + "admin = FastAPI()\n",
                "tests/test_main.py": FASTAPI + "app = FastAPI()\n",
                "examples/main.py": FASTAPI + "app = FastAPI()\n",
            },
            ("main:app",),
            ".",
        ),
    ],
)
def test_asgi_applications_are_found(
    tmp_path: Path, files: dict[str, str], target: tuple[str, ...], search: str
) -> None:
    spec = _services(tmp_path, files)[0]
    assert spec.argv[1:] == ("-m", "uvicorn", *target, "--host", "127.0.0.1", "--port", "{port}")
    found = spec.env["PYTHONPATH"].split(":")[1:]
    assert found == ([] if search == "." else [str(tmp_path / search)])


def test_flask_is_served_by_its_own_command(tmp_path: Path) -> None:
    (spec,) = _services(tmp_path, {"app.py": FLASK + "app = Flask(__name__)\n"})
    assert spec.framework == "flask"
    assert spec.argv[1:6] == ("-m", "flask", "--app", "app:app", "run")


def test_django_is_migrated_first_and_keeps_its_sqlite_out_of_the_project(tmp_path: Path) -> None:
    manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
    (spec,) = _services(tmp_path, {"manage.py": manage})
    assert spec.argv[1:] == ("manage.py", "runserver", "127.0.0.1:{port}", "--noreload")
    assert [command[1:] for command in spec.prepare] == [("manage.py", "migrate", "--noinput")]
    assert spec.env["BACKEND_DEVELOPER_SETTINGS"] == "shop.settings"
    assert Path(spec.env["BACKEND_DEVELOPER_SQLITE"]).is_relative_to(spec.writable[0])


def test_a_procfile_and_a_module_that_reads_its_port(tmp_path: Path) -> None:
    files = {
        "Procfile": "release: x\nweb: gunicorn app:app\n",
        "shop/__init__.py": "",
        "shop/__main__.py": "import os\nport = os.environ['PORT']\n",
        "tool/__init__.py": "",
        "tool/__main__.py": "print('no service')\n",
    }
    specs = _services(tmp_path, files)
    assert [spec.argv if isinstance(spec.argv, str) else spec.argv[1:] for spec in specs] == [
        "gunicorn app:app",
        ("-m", "shop"),
    ]
    assert all(spec.env["PORT"] == "{port}" for spec in specs)


def test_a_library_has_none(tmp_path: Path) -> None:
    assert _services(tmp_path, {"shop/__init__.py": "def price(): ...\n", "broken.py": "app = FastAPI(\n"}) == []


APP = FASTAPI + "app = FastAPI()\n"


@pytest.mark.parametrize(
    ("source", "requirements", "expected"),
    [
        ("import os\nos.environ['DATABASE_URL']\n", "psycopg", {"DATABASE_URL": "{database_url}"}),
        ("import os\nos.getenv('DATABASE_URL')\n", "", {}),
        ("os.getenv('DB_URL', 'sqlite:///x.db')\n", "", {}),
        (
            "os.getenv('DB_URL', 'postgresql+asyncpg://u@h/d')\n",
            "",
            {"DB_URL": "postgresql+asyncpg://{database_address}"},
        ),
        (
            "os.environ.get('APP_DATABASE_URL')\n",
            "sqlalchemy\npsycopg",
            {"APP_DATABASE_URL": "postgresql+psycopg://{database_address}"},
        ),
        (
            "os.environ['POSTGRES_HOST'], os.environ['POSTGRES_PASSWORD'], os.environ['POSTGRES_DB']\n",
            "asyncpg",
            {
                "POSTGRES_HOST": "{database_host}",
                "POSTGRES_PASSWORD": "{database_password}",
                "POSTGRES_DB": "{database_name}",
            },
        ),
        (
            "class S(BaseSettings):\n    model_config = Config(env_prefix='shop_')\n    database_url: str\n",
            "asyncpg",
            {"SHOP_DATABASE_URL": "{database_url}"},
        ),
        ("DATABASES = {'default': dj_database_url.config()}\n", "psycopg2", {"DATABASE_URL": "{database_url}"}),
        ("os.environ['REDIS_URL'], os.environ['MAIL_HOST']\n", "asyncpg", {}),
    ],
)
def test_a_database_is_given_in_the_variables_that_the_code_reads(
    tmp_path: Path, source: str, requirements: str, expected: dict[str, str]
) -> None:
    files = {"main.py": APP, "config.py": source, "requirements.txt": requirements}
    spec = _services(tmp_path, files)[0]
    assert {name: value for name, value in spec.env.items() if "{database" in value} == expected
    assert spec.wants_database is bool(expected)


def test_alembic_runs_before_the_service(tmp_path: Path) -> None:
    files = {
        "main.py": APP + "import os\nos.environ['DATABASE_URL']\n",
        "requirements.txt": "psycopg",
        "alembic.ini": "",
    }
    assert [command[1:] for command in _services(tmp_path, files)[0].prepare] == [("-m", "alembic", "upgrade", "head")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("os.environ['DATABASE_URL']\n", {"DATABASE_URL": "{database_url}"}),
        ("os.getenv('DATABASE_URL', 'sqlite://')\n", {}),
    ],
)
def test_tests_get_a_database_unless_they_have_another_one(
    tmp_path: Path, source: str, expected: dict[str, str]
) -> None:
    (tmp_path / "requirements.txt").write_text("psycopg")
    (tmp_path / "app.py").write_text(source)
    (tmp_path / "test_app.py").write_text("def test_a(): pass\n")
    (step,) = PythonToolchain(tmp_path, tmp_path / ".scratch").steps(tmp_path, Package("python", "."), "tests")
    assert {name: value for name, value in step.env.items() if "{database" in value} == expected
