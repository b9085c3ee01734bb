"""What a gate does while, and after, what the project depends on is installed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import GateResult, InstallFailed
from backend_developer.nodes.baseline import baseline
from backend_developer.nodes.context import Context
from backend_developer.nodes.gates.build import build
from backend_developer.nodes.gates.lint import lint
from backend_developer.nodes.gates.result import run_gate
from backend_developer.nodes.write.act import tools
from backend_developer.workspace.install import Installer
from tests.support.fakes import Bench, answer, call, make_bench

MANIFEST = json.dumps({"scripts": {"test": "node --test"}, "dependencies": {"express": "5"}})
FILES = {"package.json": MANIFEST, "package-lock.json": "{}", "index.js": ""}


async def bench_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *exit_codes: int) -> Bench:
    """A Node project that is not installed, and an npm that ends like this."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "npm").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(programs))
    bench = await make_bench(tmp_path, files=FILES, install_dependencies=True)
    bench.commands.exit_codes = list(exit_codes)
    bench.context = replace(bench.context, installer=Installer(bench.root, bench.commands, bench.context.settings))
    return bench


async def change(bench: Bench, path: str, content: str) -> None:
    """A write of the model's."""
    said = answer(call("write", path=path, content=content))
    await tools(bench.state(messages=[said.model_copy(update={"id": "turn"})]), bench.runtime)


async def test_the_baseline_runs_nothing_before_all_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = await bench_with(tmp_path, monkeypatch)
    await baseline(bench.state(), bench.runtime)
    assert bench.commands.ran[0].endswith("npm ci")
    assert set(bench.commands.ran[1:]) == {"toy lint", "toy build"}
    notices = [number for number, event in enumerate(bench.events) if event["event"] == "notice"]
    assert notices == [0, 1]
    assert bench.events[0]["text"] == "installing dependencies with npm"


async def test_an_install_that_fails_before_the_change_blocks_and_no_gate_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = await bench_with(tmp_path, monkeypatch, 1)
    with pytest.raises(InstallFailed, match="npm ci"):
        await baseline(bench.state(), bench.runtime)
    assert len(bench.commands.ran) == 1
    assert [event for event in bench.events if event["event"] == "gate"] == []


async def test_a_manifest_that_the_model_broke_is_for_it_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = await bench_with(tmp_path, monkeypatch, 0, 0, 0, 1)
    await baseline(bench.state(), bench.runtime)
    await change(bench, "package.json", MANIFEST.replace("express", "koa"))
    red: dict[str, Any] = (await build(bench.state(), bench.runtime))["gates"]["1/build"]
    assert (red["status"], [finding["source"] for finding in red["findings"]]) == ("fail", ["install/npm"])
    assert red["command"].endswith("npm ci")
    other = (await lint(bench.state(), bench.runtime))["gates"]["1/lint"]
    assert (other["status"], other["reason"]) == ("skip", "what it needs cannot be installed, as build says")


async def test_one_that_the_change_has_no_part_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = await bench_with(tmp_path, monkeypatch, 1)
    await change(bench, "index.js", "export {};\n")
    with pytest.raises(InstallFailed):
        await build(bench.state(), bench.runtime)


async def test_the_house_rules_need_nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = await bench_with(tmp_path, monkeypatch)

    async def work(_: Context) -> GateResult:
        return GateResult(gate="house_rules", status="pass")

    assert (await run_gate("house_rules", 1, bench.runtime, work)).status == "pass"
    assert bench.commands.ran == []
