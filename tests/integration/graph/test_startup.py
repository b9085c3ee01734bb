"""What a process loads that runs the graph, and that what it did not load is still there."""

import json
import subprocess
import sys

LOADED = """
import json, sys
from backend_developer.graph import build_graph
from backend_developer.graph.model.opening import open_model
from backend_developer.contract import load_settings
import asyncio

async def opened():
    await (await open_model(load_settings(base_url="http://127.0.0.1:9/v1", model="openai:scripted"))).aclose()

build_graph()
asyncio.run(opened())
loaded = sorted(sys.modules)

import langgraph_sdk, langsmith.types, openai.types, openai.types.responses
from langchain_openai import OpenAIEmbeddings
from openai.types.chat import ChatCompletion

late = [langgraph_sdk.get_client, langsmith.types.Run, openai.types.Model, openai.types.responses.Response]
late += [OpenAIEmbeddings, ChatCompletion, __import__("langchain_openai").ChatOpenAI]
json.dump({"loaded": loaded, "late": [one.__name__ for one in late]}, sys.stdout)
"""


def test_a_run_loads_only_what_it_uses_and_the_rest_comes_when_it_is_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    unused = {"httpx", "langsmith.types.run", "openai.types.beta", "langchain_openai.embeddings", "alembic", "rich"}
    assert not unused & set(said["loaded"])
    names = ["get_client", "Run", "Model", "Response", "OpenAIEmbeddings", "ChatCompletion", "ChatOpenAI"]
    assert said["late"] == names
