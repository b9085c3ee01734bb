"""The product as an orchestrator meets it: its command line as a process, a small project, and a scripted model."""

import asyncio
import contextlib
import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

from tests.support.model_script import Reply, Step, call
from tests.support.model_server import ModelServer
from tests.support.started import Started, Starter

COMMAND = Path(sys.executable).with_name("backend-developer")
KEY = "sk-acceptance-0123456789"
LIMIT_S = 90.0
ANEW = ("env",)
"""What starts the command itself, its imports and all, where others are forked: see `started`."""

PRICES = '''"""Prices of the shop."""

import logging

logger = logging.getLogger(__name__)


def gross(net: float, rate: float = 0.2) -> float:
    """The price with tax."""
    return net * (1 + rate)
'''
TEST_PRICES = """from shop.prices import gross


def test_gross():
    assert gross(100) == 120


def test_gross_without_tax():
    assert gross(100, 0) == 100
"""
WITHOUT_PLUGINS = "-p no:langsmith_plugin -p no:hypothesispytest -p no:anyio -p no:asyncio"
"""pytest's options without what comes with the interpreter that runs us, which costs two seconds a start."""

PYPROJECT = f"""[project]
name = "shop"
version = "0.1.0"

[tool.pytest.ini_options]
pythonpath = ["."]
testpaths = ["tests"]
addopts = "{WITHOUT_PLUGINS} -p no:xdist -p no:xdist.looponfail"
"""
DISCOUNT = '''

def discounted(net: float, percent: float) -> float:
    """The price after a discount of so many percent."""
    logger.info("[prices:discounted] net=%s percent=%s", net, percent)
    price = net * (100 - percent) / 100
    logger.info("[prices:discounted] price=%s", price)
    return price
'''
BYPRODUCTS = ("__pycache__", ".pytest_cache")
"""What tools leave in a project, which no run is held to."""
GROSS = "return net * (1 + rate)"
WRONG = "return net * (1 - rate)"

ANALYSIS = call(
    "analysis", summary="Add a discount.", requirements=["discounted()"], plan=["write"], keywords=["price"]
)
FINISH = call("finish", summary="Done.", checks=[])
ADD_DISCOUNT = call("edit", path="shop/prices.py", old=f"    {GROSS}\n", new=f"    {GROSS}\n{DISCOUNT}")
BREAK = call("edit", path="shop/prices.py", old=GROSS, new=WRONG)
CORRECT = (ADD_DISCOUNT, FINISH)


def script(*steps: Step, analysis: Step = ANALYSIS) -> dict[str, Sequence[Step]]:
    """What the model says: an analysis, then these turns of the write loop."""
    return {"analysis": [analysis], "": list(steps)}


def slow(reply: Reply, pause_s: float) -> Reply:
    """The same answer, after a while."""
    return replace(reply, pause_s=pause_s)


def write_files(root: Path, files: Mapping[str, str]) -> None:
    """Write text files, their folders made."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def write_shop(root: Path) -> Path:
    """A small package with two tests; its gates take about two seconds."""
    write_files(
        root,
        {
            "pyproject.toml": PYPROJECT,
            "shop/__init__.py": '"""A shop."""\n',
            "shop/prices.py": PRICES,
            "tests/test_prices.py": TEST_PRICES,
        },
    )
    return root


def picture(root: Path, *, leave_out: Iterable[str] = ()) -> dict[str, str]:
    """Path to digest (or the link's target) of all below a folder; names in `leave_out` are passed over."""
    skipped = set(leave_out)
    found = {}
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name not in skipped]
        for name in [*files, *names]:
            path = Path(folder, name)
            key = path.relative_to(root).as_posix()
            if path.is_symlink():
                found[key] = f"link to {path.readlink()}"
            elif path.is_file() and name not in skipped:
                found[key] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The report; raises where there is anything else on stdout."""
        report: dict[str, Any] = json.loads(self.out)
        assert set(report) == {"status", "files_changed", "errors", "next_action"}
        return report


@dataclass
class Product:
    """The command line with a state folder and a project of its own."""

    starter: Starter
    state_dir: Path
    workspace: Path
    environment: dict[str, str] = field(default_factory=dict)

    def task(self, task_id: str = "t1", **more: Any) -> str:
        """A task as JSON."""
        return json.dumps({"task_id": task_id, "main_task": "Add a discount", "workspace": str(self.workspace), **more})

    async def start(self, *words: str, through: Sequence[str] = ()) -> Started:
        """Start the command; it is the caller's to end."""
        bare = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("OPENAI_", "BACKEND_", "DATABASE_"))
        }
        ours = {"BACKEND_DEVELOPER_STATE_DIR": str(self.state_dir), "BACKEND_DEVELOPER_API_KEY": KEY}
        # Without this a venv that happens to be active would be the project's.
        bare.pop("VIRTUAL_ENV", None)
        environment = {name: value for name, value in {**bare, **ours, **self.environment}.items() if value}
        return await self.starter.start([str(COMMAND), *words], environment, through)

    async def call(self, *words: str, through: Sequence[str] = ()) -> Ended:
        """Run the command to its end."""
        return await ended(await self.start(*words, through=through))

    async def run(self, server: ModelServer, task: str | None = None, *words: str) -> Ended:
        """`backend-developer run` against a scripted server."""
        return await self.call("run", task or self.task(), "--base-url", server.base_url, *words)

    async def resume(self, server: ModelServer, task_id: str = "t1") -> Ended:
        """`backend-developer resume` against a scripted server."""
        return await self.call("resume", task_id, "-w", str(self.workspace), "--base-url", server.base_url)

    async def show(self, task_id: str = "t1") -> dict[str, Any]:
        """All that is known of a run."""
        shown = await self.call("show", task_id, "-w", str(self.workspace), "--json")
        assert shown.code == 0, shown.err
        known: dict[str, Any] = json.loads(shown.out)
        return known


def whole_run(product: Product, *steps: Step) -> Ended:
    """A run with success against a server of its own, for a fixture of many tests, which no event loop serves."""

    async def run() -> Ended:
        async with ModelServer(script(*steps)) as server:
            return await product.run(server)

    finished = asyncio.run(run())
    assert finished.code == 0, finished.err
    return finished


async def ended(process: Started) -> Ended:
    """Wait for the end of a command; it is killed where it takes too long."""
    try:
        out, err = await asyncio.wait_for(process.communicate(), LIMIT_S)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


@contextlib.asynccontextmanager
async def killed_at_the_end(process: Started) -> AsyncIterator[Started]:
    """See that a command does not outlive the test."""
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


def alive_in(folder: Path) -> list[str]:
    """Command lines of living processes that work in a folder, as all that a run starts for a project do."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "status", "cwd"]):
        where = Path(process.info["cwd"] or "/")
        if process.info["status"] != psutil.STATUS_ZOMBIE and where.is_relative_to(folder):
            found.append(f"{process.pid} {' '.join(process.info['cmdline'] or [])[:200]}")
    return found


def told(server: ModelServer) -> str:
    """All that tools and gates have told the model, as of the last request of the write loop."""
    messages = last_request(server)
    return "\n".join(str(message["content"]) for message in messages if message["role"] in {"tool", "user"})


def last_request(server: ModelServer) -> list[dict[str, Any]]:
    """The messages of the last request of the write loop."""
    return [request for request in server.requests if not request.forced][-1].messages


def answers(server: ModelServer) -> list[str]:
    """What the tools answered, in order, as of the last request of the write loop."""
    return [str(message["content"]) for message in last_request(server) if message["role"] == "tool"]
