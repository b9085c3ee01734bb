"""npm for real, on dependencies that lie in the project."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend_developer.workspace.commands.supervisor import landlock
from tests.support.product import write_files

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")

GREET = {"name": "greet", "version": "1.0.0", "main": "index.js"}
MANIFEST: dict[str, Any] = {"name": "shop", "version": "1.0.0", "dependencies": {"greet": "file:vendor/greet"}}
LOCK: dict[str, Any] = {
    "name": "shop",
    "version": "1.0.0",
    "lockfileVersion": 3,
    "requires": True,
    "packages": {
        "": MANIFEST,
        "node_modules/greet": {"resolved": "vendor/greet", "link": True},
        "vendor/greet": {"version": "1.0.0"},
    },
}
Make = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Make:
    def make(*, lock: bool, **scripts: str) -> Path:
        root = tmp_path / "project"
        write_files(
            root,
            {
                "package.json": json.dumps({**MANIFEST, "scripts": scripts}),
                "vendor/greet/package.json": json.dumps(GREET),
                "vendor/greet/index.js": 'module.exports = () => "hello";\n',
            },
        )
        if lock:
            (root / "package-lock.json").write_text(json.dumps(LOCK))
        return root

    return make


def files(root: Path) -> set[str]:
    return {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and "node_modules" not in path.parts
    }


@pytest.mark.parametrize("lock", [True, False])
async def test_it_is_installed_once_and_nothing_but_node_modules_is_left(
    project: Make, trial: Callable[[Path], Any], lock: bool
) -> None:
    root = project(lock=lock)
    before, one = files(root), trial(root)
    assert await one.run() is None
    assert (root / "node_modules" / "greet" / "index.js").is_file()
    assert (root / "node_modules" / ".gitignore").read_text() == "*\n"
    assert files(root) == before
    assert await one.run() is None
    assert one.installs == 1


async def test_a_lock_file_that_is_behind_its_manifest_is_refused_with_npms_words(
    project: Make, trial: Callable[[Path], Any]
) -> None:
    root = project(lock=True)
    one = trial(root)
    assert await one.run() is None
    changed = {**MANIFEST, "dependencies": {**MANIFEST["dependencies"], "shout": "file:vendor/shout"}}
    write_files(root, {"package.json": json.dumps(changed), "vendor/shout/package.json": '{"name": "shout"}'})
    failure = await one.run()
    assert failure is not None
    assert failure.command.endswith("npm ci")
    assert "Missing: shout" in failure.said
    assert not failure.is_network
    assert Path(failure.log).is_file()


@pytest.mark.skipif(not landlock.abi(), reason="this kernel has no Landlock")
async def test_a_script_that_the_install_runs_is_held_like_any_command(
    project: Make, trial: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    script = f"echo caught > {outside}/caught; echo key=$OPENAI_API_KEY > node_modules/said"
    assert await trial(project(lock=True, postinstall=script)).run() is None
    assert (tmp_path / "project" / "node_modules" / "said").read_text() == "key=\n"
    assert list(outside.iterdir()) == []
