"""`langgraph dev` on our `langgraph.json`, offline, and a client of it."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from tests.support.model_server import ModelServer, call
from tests.support.product import alive_in, script, write_files

ROOT = Path(__file__).parents[2]
START_S = 90.0
GRAPH = "backend_developer"

PROJECT = {
    "pyproject.toml": '[project]\nname = "greeter"\nversion = "0.1.0"\ndependencies = ["fastapi", "uvicorn"]\n',
    "greeter/__init__.py": '"""Greets."""\n',
    "greeter/main.py": '''"""The service."""

import logging

from fastapi import FastAPI

logger = logging.getLogger(__name__)
app = FastAPI()
''',
}
ROUTE = '''app = FastAPI()


@app.get("/greetings/{name}")
def greet(name: str) -> dict[str, str]:
    """Greet somebody."""
    logger.info("[main:greet] name=%s", name)
    text = f"Hello, {name}"
    logger.info("[main:greet] text=%s", text)
    return {"text": text}
'''
CHECK = {"method": "GET", "path": "/greetings/Ann", "expect": {"status": 200, "contains": "Hello, Ann"}}
ADD_ROUTE = (
    call("edit", path="greeter/main.py", old="app = FastAPI()\n", new=ROUTE),
    call("finish", summary="Greets.", checks=[CHECK]),
)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def environment(state_dir: Path) -> dict[str, str]:
    """Nothing in it lets the server call out, and no key is there."""
    private = ("OPENAI_", "BACKEND_", "DATABASE_", "LANGSMITH_", "LANGCHAIN_", "LANGGRAPH_")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(private)},
        "BACKEND_DEVELOPER_STATE_DIR": str(state_dir),
        "BACKEND_DEVELOPER_API_KEY": "scripted",
        "LANGSMITH_TRACING": "false",
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "LANGGRAPH_NO_VERSION_CHECK": "true",
    }


@pytest.fixture(scope="module")
def studio(shared_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running `langgraph dev`; nothing of it is alive afterwards."""
    folder = tmp_path_factory.mktemp("studio")
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("langgraph")), "dev", "--config", str(ROOT / "langgraph.json"),
        "--no-browser", "--no-reload", "--host", "127.0.0.1", "--port", str(port),
    ]  # fmt: skip
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment(shared_state), stdout=log, stderr=log, start_new_session=True
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/ok", process, folder / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    assert alive_in(folder) == []


def wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx.get(address, timeout=2, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"langgraph dev did not start:\n{log.read_text(errors='replace')[-4000:]}")


@pytest.fixture
async def client(studio: str) -> AsyncIterator[LangGraphClient]:
    async with get_client(url=studio, api_key=None) as client:
        yield client


@pytest.fixture
def greeter(tmp_path: Path) -> Path:
    write_files(tmp_path / "greeter", PROJECT)
    return tmp_path / "greeter"


async def run(client: LangGraphClient, thread: str, workspace: Path, server: ModelServer) -> list[Any]:
    """All that a run streams."""
    task = {"task_id": "greet", "main_task": "Add GET /greetings/{name}", "workspace": str(workspace)}
    return [
        part
        async for part in client.runs.stream(
            thread,
            GRAPH,
            input={"task": task},
            context={"base_url": server.base_url, "model": "openai:scripted"},
            stream_mode=["custom", "updates"],
        )
    ]


async def test_a_run_completes_and_nothing_blocks_the_server(
    client: LangGraphClient, greeter: Path, server: ModelServer
) -> None:
    server.play(script(*ADD_ROUTE))
    thread = (await client.threads.create())["thread_id"]
    parts = await run(client, thread, greeter, server)
    assert [part.data for part in parts if part.event == "error"] == []
    events = [part.data for part in parts if part.event == "custom"]
    assert {"event": "node", "node": "report", "phase": "end"} in events
    passed = {event["gate"] for event in events if event["event"] == "gate" and event.get("status") == "pass"}
    assert {"house_rules", "build", "runtime"} <= passed
    values: Any = (await client.threads.get_state(thread))["values"]
    report = values["report"]
    assert (report["status"], report["files_changed"], report["errors"]) == ("success", ["greeter/main.py"], [])
    assert report["next_action"].startswith("@test-automator")
    answers = values["gates"]["1/runtime"]["evidence"]["answers"]
    assert "Hello, Ann" in json.dumps(answers)

    asked = len(server.requests)
    assert not [part for part in await run(client, thread, greeter, server) if part.event == "error"]
    again: Any = (await client.threads.get_state(thread))["values"]
    assert (again["report"], len(server.requests)) == (values["report"], asked)


async def test_a_run_without_a_usable_task_reports_each_fault(client: LangGraphClient) -> None:
    answer: Any = await client.runs.wait(None, GRAPH, input={"task": {"task_id": "a b", "main_task": " "}})
    assert answer["report"]["status"] == "blocked"
    assert len(answer["report"]["errors"]) == 2


async def test_the_schemas_name_and_describe_what_goes_in_and_comes_out(client: LangGraphClient) -> None:
    (assistant,) = await client.assistants.search(graph_id=GRAPH)
    schemas: Any = await client.assistants.get_schemas(assistant["assistant_id"])
    for schema, key in (("input_schema", "Task"), ("output_schema", "Report")):
        definition = schemas[schema]["$defs"][key]
        assert (definition["title"], list(schemas[schema]["properties"])) == (key, [key.lower()])
        described = [definition, *definition["properties"].values()]
        assert all(part.get("description") for part in described)
    assert all(field["description"] for field in schemas["context_schema"]["properties"].values())


async def test_two_runs_at_once_do_not_disturb_each_other(
    client: LangGraphClient, tmp_path: Path, server: ModelServer
) -> None:
    server.play(script(*ADD_ROUTE))
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        write_files(folder, PROJECT)
    threads = [(await client.threads.create())["thread_id"] for _ in folders]
    await asyncio.gather(*(run(client, *one, server) for one in zip(threads, folders, strict=True)))
    states: list[Any] = [await client.threads.get_state(thread) for thread in threads]
    assert [state["values"]["report"]["status"] for state in states] == ["success", "success"]
