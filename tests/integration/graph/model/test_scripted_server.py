"""The scripted server itself, as a process of its own."""

import json
from pathlib import Path

import httpx2
from langchain_core.messages import HumanMessage

from tests.integration.graph.model.conftest import Opener
from tests.support.model_server import server_process


async def test_a_script_file_is_served_and_logged(opened: Opener, tmp_path: Path) -> None:
    script, log = tmp_path / "steps.json", tmp_path / "requests.jsonl"
    steps = [
        [{"status": 503, "body": "busy", "headers": {"retry-after": "0.01"}}, {"content": "hello"}],
        {"tool_calls": [{"name": "read", "arguments": {"path": "a"}}]},
    ]
    script.write_text(json.dumps({"": steps, "plan": [{"content": "forced"}]}), encoding="utf-8")
    async with server_process(script, log=log) as base_url:
        model = await opened(base_url=base_url)
        first = await model.ask([HumanMessage("hi")], purpose="write")
        second = await model.ask([HumanMessage("hi"), first], purpose="write")
        plan = {"type": "function", "function": {"name": "plan", "parameters": {"type": "object", "properties": {}}}}
        forced = await model.ask([HumanMessage("hi")], tools=[plan], purpose="analyze", choice="plan")
        async with httpx2.AsyncClient() as client:
            models = (await client.get(f"{base_url}/models")).json()
            nowhere = await client.post(f"{base_url}/responses", json={})
    assert (first.text, second.tool_calls[0]["args"], forced.text) == ("hello", {"path": "a"}, "forced")
    assert models["data"][0]["id"] == "scripted"
    assert nowhere.status_code == 404
    logged = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert len(logged) == 4
    assert logged[0]["body"]["messages"] == [{"role": "user", "content": "hi"}]
