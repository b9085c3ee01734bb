"""Real services, started as the toolchain says."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from backend_developer.contract import Settings
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.toolchains.base import Package, ServiceSpec
from backend_developer.workspace.toolchains.placeholders import fill, fill_all
from backend_developer.workspace.toolchains.python.toolchain import PythonToolchain

Write = Callable[[dict[str, str]], Path]
Open = Callable[[Path], PythonToolchain]
HERE = Package("python", ".")

FASTAPI = {
    "src/shop/__init__.py": "",
    "src/shop/main.py": (
        "from fastapi import FastAPI\nfrom shop.prices import PRICE\n\n"
        "def create_app(price: int = PRICE) -> FastAPI:\n"
        "    app = FastAPI()\n"
        "    @app.get('/')\n    def read() -> dict[str, int]:\n        return {'price': price}\n"
        "    return app\n"
    ),
    "src/shop/prices.py": "PRICE = 7\n",
}
FLASK = {
    "shop/app.py": (
        "from flask import Flask\nfrom prices import PRICE\n\napp = Flask(__name__)\n\n"
        "@app.get('/')\ndef read():\n    return {'price': PRICE}\n"
    ),
    "shop/prices.py": "PRICE = 7\n",
}
DJANGO = {
    "manage.py": (
        "import os, sys\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_settings')\n"
        "from django.core.management import execute_from_command_line\n"
        "execute_from_command_line(sys.argv)\n"
    ),
    "site_settings.py": (
        "SECRET_KEY = 'x'\nDEBUG = True\nROOT_URLCONF = 'urls'\n"
        "INSTALLED_APPS = ['django.contrib.contenttypes', 'django.contrib.auth']\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db.sqlite3'}}\n"
    ),
    "urls.py": (
        "from django.contrib.auth.models import User\nfrom django.http import JsonResponse\n"
        "from django.urls import path\n"
        "urlpatterns = [path('', lambda request: JsonResponse({'price': User.objects.count() + 7}))]\n"
    ),
}
MODULE = {
    "shop/__init__.py": "",
    "shop/__main__.py": (
        "import http.server, os\n\n"
        "class Handler(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(200)\n        self.end_headers()\n"
        "        self.wfile.write(b'{\"price\": 7}')\n\n"
        "http.server.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()\n"
    ),
}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _answer(port: int) -> str:
    def ask() -> str:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return str(answer.read().decode())

    for _ in range(150):
        try:
            return await asyncio.to_thread(ask)
        except URLError:
            await asyncio.sleep(0.1)
    raise AssertionError("the service does not listen")


async def _serve(root: Path, spec: ServiceSpec, tmp_path: Path) -> str:
    executor, port = Executor(root, tmp_path / "logs", Settings()), _free_port()
    env = fill_all(spec.env, port=port)
    for folder in spec.writable:
        folder.mkdir(parents=True, exist_ok=True)
    for command in spec.prepare:
        assert (await executor.run(command, env=env, writable=spec.writable)).ok
    argv = fill(spec.argv, port=port) if isinstance(spec.argv, str) else [fill(word, port=port) for word in spec.argv]
    service = await executor.serve(argv, env=env, writable=spec.writable)
    try:
        return await _answer(port)
    finally:
        await service.stop()


@pytest.mark.parametrize(
    ("files", "framework"),
    [(FASTAPI, "fastapi"), (FLASK, "flask"), (DJANGO, "django"), (MODULE, "python")],
    ids=["fastapi", "flask", "django", "module"],
)
async def test_the_first_service_starts_and_answers(
    project: Write, toolchain: Open, tmp_path: Path, files: dict[str, str], framework: str
) -> None:
    root = project(files)
    spec = toolchain(root).services(root, HERE)[0]
    assert spec.framework == framework
    assert '"price":7' in (await _serve(root, spec, tmp_path)).replace(" ", "")


async def test_a_library_is_imported(project: Write, toolchain: Open, tmp_path: Path) -> None:
    root = project({"shop/__init__.py": "import shop.prices\n", "shop/prices.py": "PRICE = 1\n1 / 0\n"})
    python = toolchain(root)
    step = python.import_check(root, HERE)
    assert step is not None
    for folder in step.writable:
        folder.mkdir(parents=True)
    outcome = await Executor(root, tmp_path / "logs", Settings()).run(step.argv, env=step.env, writable=step.writable)
    (finding,) = python.findings(step, outcome, root)
    assert (finding.file, finding.line) == ("shop/prices.py", 2)
    assert "ZeroDivisionError" in finding.message
    assert python.services(root, HERE) == []
