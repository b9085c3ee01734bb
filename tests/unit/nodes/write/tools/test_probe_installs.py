"""`probe` on a project whose manifest asks for something that is not installed yet."""

import json
from pathlib import Path

import pytest

from backend_developer.contract import CallFailed, Settings
from backend_developer.nodes.write.tools.proving import ProbeArgs, probe_tool
from backend_developer.workspace.install import Installer
from backend_developer.workspace.toolchains.base import ServiceSpec
from tests.support.fakes import ScriptedCommands, make_stage
from tests.support.product import write_files


@pytest.mark.parametrize("exit_code", [0, 1])
async def test_it_is_installed_first_and_a_failure_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exit_code: int
) -> None:
    root, commands, looked = tmp_path / "project", ScriptedCommands([exit_code]), list[int]()
    write_files(root, {"package.json": json.dumps({"name": "shop", "dependencies": {"express": "5"}})})
    write_files(tmp_path, {"programs/npm": ""})
    (tmp_path / "programs" / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    stage = make_stage(root, commands)

    def choose() -> ServiceSpec | None:
        looked.append(len(commands.ran))
        return None

    installer = Installer(root, commands, Settings(state_dir=tmp_path / "state"))
    tool = probe_tool(stage, choose, installer)
    if exit_code:
        answer = await tool.run(ProbeArgs(checks=[]), "1")
        assert not answer.ok
        assert "npm install --no-package-lock` in the project's folder ended with exit code 1" in answer.text
        assert looked == []
    else:
        with pytest.raises(CallFailed, match="service"):
            await tool.run(ProbeArgs(checks=[]), "1")
        assert looked == [1]
