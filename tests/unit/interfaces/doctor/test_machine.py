import shutil
from collections import namedtuple
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import pytest

from backend_developer.contract import load_settings
from backend_developer.contract.ports import Commands, Outcome
from backend_developer.interfaces.doctor import PROBES, mcp, sandbox, state, tools
from backend_developer.interfaces.doctor.check import Check, Surroundings
from backend_developer.workspace.commands import SandboxReport

Usage = namedtuple("Usage", "total used free")


class Says:
    """Commands of which every one prints the same."""

    def __init__(self, output: str, exit_code: int = 0) -> None:
        self.output, self.exit_code = output, exit_code
        self.asked: list[Sequence[str]] = []

    async def run(
        self,
        argv: str | Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
        writable: Sequence[Path] = (),
    ) -> Outcome:
        self.asked.append(argv)
        return Outcome("it", self.exit_code, False, 0.1, self.output, Path("log"))


def surroundings(state_dir: Path, commands: Says | None = None) -> Surroundings:
    return Surroundings(load_settings(state_dir=state_dir), cast("Commands", commands or Says("")))


async def tool(name: str, commands: Says, tmp_path: Path) -> Check:
    (probe,) = [probe for probe in tools.probes() if probe.name == name]
    return await probe.look(surroundings(tmp_path, commands))


@pytest.mark.parametrize(
    ("name", "output", "version"),
    [
        ("git", "git version 2.39.5\n", "2.39.5"),
        ("go", "go version go1.22.1 linux/amd64\n", "1.22.1"),
        ("node", "v20.20.2\n", "20.20.2"),
        ("ruff", "ruff 0.17.6 (abc 2026-01-01)\n", "0.17.6"),
    ],
)
async def test_a_tool_says_its_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, output: str, version: str
) -> None:
    monkeypatch.setattr(shutil, "which", lambda tool, path=None: f"/bin/{tool}")
    commands = Says(output)
    assert await tool(name, commands, tmp_path) == Check(name, "ok", f"{version} (/bin/{name})")
    assert commands.asked == [[f"/bin/{name}", "version" if name == "go" else "--version"]]


async def test_a_tool_that_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda tool, path=None: None)
    check = await tool("cargo", Says(""), tmp_path)
    assert (check.status, check.detail) == ("missing", "not found; needed for Rust projects")
    assert check.fix == "Install Rust with rustup."


@pytest.mark.parametrize("commands", [Says("Segmentation fault", 139), Says("no number")])
async def test_a_tool_that_is_broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, commands: Says) -> None:
    monkeypatch.setattr(shutil, "which", lambda tool, path=None: f"/bin/{tool}")
    assert (await tool("npm", commands, tmp_path)).status == "warning"


async def test_a_tool_beside_the_interpreter_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mypy").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "mypy").chmod(0o755)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    assert (await tool("mypy", Says("mypy 2.4.1"), tmp_path)).detail == f"2.4.1 ({tmp_path / 'mypy'})"


async def test_state_folder_is_made_and_left_clean(tmp_path: Path) -> None:
    check = await state.look(surroundings(tmp_path / "a" / "b"))
    assert (check.status, check.fix) == ("ok", "")
    assert list((tmp_path / "a" / "b").iterdir()) == []


async def test_state_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    check = await state.look(surroundings(tmp_path / "file" / "below"))
    assert check.status == "missing"
    assert "BACKEND_DEVELOPER_STATE_DIR" in check.fix


async def test_a_full_disk_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10, 10, 5_000_000))
    assert (await state.look(surroundings(tmp_path))).status == "warning"


def test_sandbox_in_words() -> None:
    held = sandbox.described(SandboxReport("landlock", 6, ["writes outside"], ["the network"]))
    assert (held.status, held.detail) == ("ok", "landlock 6 holds writes outside; it does not hold the network")
    unheld = sandbox.described(SandboxReport("none", advice="Use a newer kernel."))
    assert (unheld.status, unheld.fix) == ("warning", "Use a newer kernel.")


async def test_mcp_names_the_servers(tmp_path: Path) -> None:
    check = await mcp.look(surroundings(tmp_path))
    who = [f"{name}: built in" for name in ("pg-aiguide", "context7", "code-index", "sequential-thinking")]
    assert (check.status, check.detail) == ("ok", "; ".join(who))


def test_each_row_has_a_name_of_its_own() -> None:
    names = [probe.name for probe in PROBES]
    assert len(set(names)) == len(names)
    assert {probe.name for probe in PROBES if probe.essential} == {"model", "PostgreSQL", "state folder"}
