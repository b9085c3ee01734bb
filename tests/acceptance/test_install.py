"""Whole runs on a Node project that is not installed: the run installs it, or says why not."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.model_server import ModelServer, call
from tests.support.product import FINISH, Product, picture, script, told, write_files

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")

HAND_OVER = ("node_modules",)
MANIFEST: dict[str, Any] = {
    "name": "greeter",
    "version": "1.0.0",
    "main": "index.js",
    "scripts": {"lint": "lint-it", "test": "node --test test/*.test.js"},
    "dependencies": {"greet": "file:vendor/greet"},
}
SHOUTS: dict[str, Any] = {**MANIFEST, "dependencies": {**MANIFEST["dependencies"], "shout": "file:vendor/shout"}}
INDEX = """const greet = require("greet");

function hello(name) {
  console.log(`[index:hello] name=${name}`);
  const said = greet(name);
  console.log(`[index:hello] said=${said}`);
  return said;
}

module.exports = { hello };
"""
LOUD = INDEX.replace('require("greet");\n', 'require("greet");\nconst shout = require("shout");\n').replace(
    "greet(name)", "shout(greet(name))"
)
TEST = """const test = require("node:test");
const assert = require("node:assert");
const { hello } = require("../index.js");

test("says hello", () => assert.match(hello("Ann"), /hello Ann/i));
"""


def lock(manifest: dict[str, Any]) -> str:
    packages: dict[str, Any] = {"": manifest}
    for name in manifest["dependencies"]:
        packages |= {f"node_modules/{name}": {"resolved": f"vendor/{name}", "link": True}}
        packages |= {
            f"vendor/{name}": {"version": "1.0.0", **({"bin": {"lint-it": "lint.js"}} if name == "greet" else {})}
        }
    return json.dumps(
        {"name": "greeter", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": packages}
    )


@pytest.fixture
def greeter(product: Product, tmp_path: Path) -> Product:
    """A project whose linter and library are dependencies, with their sources beside it."""
    product.workspace = tmp_path / "greeter"
    product.environment["BACKEND_DEVELOPER_INSTALL_DEPENDENCIES"] = "true"
    vendored = {"name": "greet", "version": "1.0.0", "bin": {"lint-it": "lint.js"}}
    write_files(
        product.workspace,
        {
            "package.json": json.dumps(MANIFEST),
            "package-lock.json": lock(MANIFEST),
            "index.js": INDEX,
            "test/index.test.js": TEST,
            "vendor/greet/package.json": json.dumps(vendored),
            "vendor/greet/index.js": "module.exports = (name) => `hello ${name}`;\n",
            "vendor/greet/lint.js": "#!/usr/bin/env node\n",
            "vendor/shout/package.json": '{"name": "shout", "version": "1.0.0"}',
            "vendor/shout/index.js": "module.exports = (text) => text.toUpperCase();\n",
        },
    )
    return product


async def test_what_is_missing_is_installed_before_the_baseline_and_what_the_model_adds_before_the_gates(
    greeter: Product, server: ModelServer
) -> None:
    server.play(
        script(
            call("write", path="index.js", content=LOUD),
            call("write", path="package.json", content=json.dumps(SHOUTS)),
            FINISH,
            call("write", path="package-lock.json", content=lock(SHOUTS)),
            FINISH,
        )
    )
    before = picture(greeter.workspace)
    ended = await greeter.run(server)
    assert (ended.code, ended.report["status"]) == (0, "success"), ended.err
    changed = ["index.js", "package-lock.json", "package.json"]
    assert ended.report["files_changed"] == changed
    after = picture(greeter.workspace, leave_out=HAND_OVER)
    assert {path for path in after if before.get(path) != after[path]} == set(changed)
    lines = ended.err.splitlines()
    installed = next(number for number, line in enumerate(lines) if line.startswith("note: dependencies are installed"))
    assert installed < next(number for number, line in enumerate(lines) if line.startswith("gate "))
    assert "Missing: shout" in told(server)
    gates = (await greeter.show())["gates"]
    assert {gates[f"0/{gate}"]["status"] for gate in ("lint", "build", "tests")} <= {"pass", "skip"}
    assert [gates[f"1/{gate}"]["status"] for gate in ("build", "lint", "tests")] == ["fail", "skip", "skip"]
    assert gates["2/tests"]["status"] == "pass"


async def test_an_install_that_fails_blocks_with_the_command_and_a_mended_project_goes_on(
    greeter: Product, server: ModelServer
) -> None:
    (greeter.workspace / "package.json").write_text(json.dumps(SHOUTS))
    server.play(script(call("write", path="index.js", content=LOUD), FINISH))
    ended = await greeter.run(server)
    report = ended.report
    assert (ended.code, report["status"], report["files_changed"]) == (2, "blocked", [])
    (fault,) = report["errors"]
    assert (fault["source"], fault["code"]) == ("install", "install-failed")
    assert "npm ci` in the project's folder ended with exit code 1" in fault["message"]
    assert "Missing: shout" in fault["message"]
    assert "Run it there by hand" in report["next_action"]
    (greeter.workspace / "package-lock.json").write_text(lock(SHOUTS))
    again = await greeter.run(server)
    assert (again.code, again.report["files_changed"]) == (0, ["index.js"]), again.err


async def test_without_the_setting_it_blocks_with_the_command(greeter: Product, server: ModelServer) -> None:
    greeter.environment["BACKEND_DEVELOPER_INSTALL_DEPENDENCIES"] = ""
    server.play(script(FINISH))
    ended = await greeter.run(server)
    assert (ended.code, ended.report["errors"][0]["code"]) == (2, "no-toolchain")
    assert "`npm ci`" in ended.report["next_action"]
    assert "BACKEND_DEVELOPER_INSTALL_DEPENDENCIES=true" in ended.report["next_action"]
    assert not (greeter.workspace / "node_modules").exists()


async def test_the_gates_alone_install_too(greeter: Product) -> None:
    ended = await greeter.call("gates", "-w", str(greeter.workspace))
    assert "note: dependencies are installed" in ended.err
    assert ended.code == 0, ended.err
