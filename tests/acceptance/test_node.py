"""Whole runs on a TypeScript service: a correct change succeeds, and each fault fails at its gate, file and line."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.model_script import Reply
from tests.support.model_server import ModelServer, call
from tests.support.node_sample import copy_sample
from tests.support.product import Product, last_request, script

HEALTH = 'if (method === "GET" && url === "/health") return answer(response, 200, { ok: true });\n'
VERSION = '  if (method === "GET" && url === "/version") return answer(response, 200, { version: 7 });\n'
FINISH = call(
    "finish",
    summary="GET /version answers.",
    checks=[{"method": "GET", "path": "/version", "expect": {"status": 200, "contains": '"version":7'}}],
)
PORT = "const port = Number(process.env.PORT ?? 3000);\n"
THREE = 'return words.slice(0, 3).join(" ");'


def _edit(path: str, old: str, new: str) -> Reply:
    return call("edit", path=path, old=old, new=new)


def _version(route: str) -> Reply:
    return _edit("src/app.ts", HEALTH, HEALTH + route)


@pytest.fixture
def product(shared_state: Path, tmp_path: Path) -> Product:
    return Product(shared_state, copy_sample(tmp_path / "notes"), {"BACKEND_DEVELOPER_ATTEMPTS": "1"})


def _faults(report: dict[str, Any]) -> set[tuple[str, str, str, int]]:
    return {(one["source"], one["code"], one["file"], one["line"]) for one in report["errors"]}


async def test_a_correct_change_of_a_typescript_service_succeeds(product: Product, server: ModelServer) -> None:
    server.play(script(_version(VERSION), FINISH))
    ended = await product.run(server)
    assert (ended.code, ended.report["status"]) == (0, "success"), ended.out
    assert ended.report["files_changed"] == ["src/app.ts"]
    gates = (await product.show())["gates"]
    old = {gate: gates[f"0/{gate}"]["status"] for gate in ("lint", "build", "tests")}
    assert old == {"lint": "fail", "build": "pass", "tests": "fail"}
    new = {gate: gates[f"1/{gate}"]["status"] for gate in ("lint", "build", "tests", "runtime")}
    assert new == dict.fromkeys(("lint", "build", "tests", "runtime"), "pass")
    assert "one is a number" in last_request(server)[1]["content"], "the model is told of old failures"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param(
            [
                _version(VERSION.replace("method ===", "method ==")),
                _edit("src/notes.ts", THREE, THREE.replace("3", "2")),
            ],
            {("lint/eslint", "eqeqeq", "src/app.ts", 21), ("tests/node", "test-failed", "test/notes.test.ts", 12)},
            id="a lint fault and a broken test",
        ),
        pytest.param(
            [
                _version(VERSION.replace("200", '"200"')),
                _edit("src/index.ts", './app.js"', './nowhere.js"'),
            ],
            {
                ("lint/tsc", "TS2345", "src/app.ts", 21),
                ("lint/tsc", "TS2307", "src/index.ts", 1),
                ("build/tsc", "TS2345", "src/app.ts", 21),
                ("build/tsc", "TS2307", "src/index.ts", 1),
            },
            id="a type fault and a broken build",
        ),
        pytest.param(
            [_version(VERSION), _edit("src/index.ts", PORT, f'{PORT}if (port > 0) throw new Error("no luck");\n')],
            {("runtime", "service-died", "src/index.ts", 4)},
            id="a service that dies at start",
        ),
        pytest.param(
            [
                _version(
                    VERSION.replace("return answer(response, 200, { version: 7 })", 'throw new TypeError("no version")')
                )
            ],
            {("runtime", "answer-unexpected", "src/app.ts", 21)},
            id="a service that answers 500",
        ),
    ],
)
async def test_each_fault_fails_at_its_gate_file_and_line(
    product: Product, server: ModelServer, edits: list[Reply], expected: set[tuple[str, str, str, int]]
) -> None:
    server.play(script(*edits, FINISH))
    ended = await product.run(server)
    assert (ended.code, ended.report["status"]) == (1, "failed"), ended.out
    assert _faults(ended.report) == expected, ended.report["errors"]
