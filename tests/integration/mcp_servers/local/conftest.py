"""The real command, asked by the official client."""

import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

COMMAND = Path(sys.executable).parent / "backend-developer"

Asked = Callable[..., AbstractAsyncContextManager[ClientSession]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A Python and Node project with one library of each installed."""
    files = {
        "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["tinyweb>=2", "absent>=3"]\n',
        "app/users.py": 'def create_user(name: str) -> str:\n    """Make a user."""\n    return name\n',
        ".venv/pyvenv.cfg": "home = /usr/bin\n",
        ".venv/bin/python": "",
        ".venv/lib/python3.11/site-packages/tinyweb/__init__.py": '"""A tiny framework."""\n',
        ".venv/lib/python3.11/site-packages/tinyweb/routing.py": (
            'def add_route(path: str, *, name: str | None = None) -> None:\n    """Bind a path to a view."""\n'
        ),
        ".venv/lib/python3.11/site-packages/tinyweb-2.1.dist-info/METADATA": (
            "Metadata-Version: 2.1\nName: tinyweb\nVersion: 2.1\nSummary: Tiny.\n\n# tinyweb\n\n## Start\nCall it.\n"
        ),
        ".venv/lib/python3.11/site-packages/tinyweb-2.1.dist-info/RECORD": (
            "tinyweb/__init__.py,,\ntinyweb/routing.py,,\ntinyweb-2.1.dist-info/METADATA,,\n"
        ),
    }
    for path, text in files.items():
        place = tmp_path / "shop" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return tmp_path / "shop"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "BACKEND_DEVELOPER_STATE_DIR": str(tmp_path / "state")}


@pytest.fixture
def asked(project: Path, environment: dict[str, str]) -> Asked:
    """An open session to a server, by its command line."""

    @asynccontextmanager
    async def session(*arguments: str, command: str = str(COMMAND)) -> AsyncIterator[ClientSession]:
        server = StdioServerParameters(command=command, args=list(arguments), env=environment, cwd=project)
        async with stdio_client(server) as streams, ClientSession(*streams) as opened:
            await opened.initialize()
            yield opened

    return session
