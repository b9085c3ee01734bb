import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import CallFailed, Settings, WorkspaceBusy
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.filelock import FileLock
from backend_developer.workspace.install import Installer
from tests.support.fakes import ScriptedCommands

Write = Callable[[dict[str, str]], Path]
MANIFEST = json.dumps({"scripts": {"test": "node --test"}, "dependencies": {"express": "5"}})
LOCKED = {"package.json": MANIFEST, "package-lock.json": "{}"}


class Npm(ScriptedCommands):
    """Ends as the test says, and fills node_modules where it ends well."""

    root: Path
    options: dict[str, Any]

    async def run(self, argv: str | Sequence[str], **options: Any) -> Outcome:
        self.options = options
        outcome = await super().run(argv, **options)
        await asyncio.sleep(0)
        if outcome.ok:
            (self.root / "node_modules" / "express").mkdir(parents=True, exist_ok=True)
            (self.root / "package-lock.json").touch()
        return outcome


@pytest.fixture
def npm(tmp_path: Path, programs: Path) -> Npm:
    commands = Npm()
    commands.root = tmp_path / "project"
    return commands


def silent(_: str) -> None:
    """Nobody listens."""


def installer(npm: Npm, **settings: Any) -> Installer:
    chosen = Settings(state_dir=npm.root.parent / "state", **settings)
    return Installer(npm.root, npm, chosen)


async def test_gates_that_ask_side_by_side_install_once_and_so_does_the_next_run(write: Write, npm: Npm) -> None:
    write(LOCKED)
    one, told = installer(npm), list[str]()
    assert await asyncio.gather(*(one.ensure(0, told.append) for _ in range(3))) == [None] * 3
    assert [command.partition("/npm ")[2] for command in npm.ran] == ["ci"]
    assert told[0] == "installing dependencies with npm"
    assert told[1].startswith("dependencies are installed, ")
    assert await one.ensure(1, told.append) is None
    assert await installer(npm).ensure(0, told.append) is None
    assert len(npm.ran) == 1


async def test_it_runs_with_a_limit_and_caches_of_its_own_beyond_other_commands(write: Write, npm: Npm) -> None:
    write(LOCKED)
    await installer(npm, install_timeout_s=77.0).ensure(0, silent)
    downloads = npm.root.parent / "state" / "packages"
    assert (npm.options["cwd"], npm.options["timeout_s"]) == (npm.root, 77.0)
    assert npm.options["writable"] == (downloads,)
    assert npm.options["env"]["NPM_CONFIG_CACHE"] == str(downloads / "npm")


async def test_a_change_of_the_manifest_or_a_lost_folder_installs_again(write: Write, npm: Npm) -> None:
    write(LOCKED)
    await installer(npm).ensure(0, silent)
    write({"package.json": MANIFEST.replace('"5"', '"4"')})
    await installer(npm).ensure(0, silent)
    assert len(npm.ran) == 2
    (npm.root / "node_modules" / "express").rmdir()
    (npm.root / "node_modules" / ".gitignore").unlink()
    (npm.root / "node_modules").rmdir()
    await installer(npm).ensure(0, silent)
    assert len(npm.ran) == 3


async def test_what_the_user_has_installed_is_believed_until_the_manifest_changes(write: Write, npm: Npm) -> None:
    write({**LOCKED, "node_modules/express/package.json": "{}"})
    await installer(npm).ensure(0, silent)
    assert npm.ran == []
    one = installer(npm)
    await one.ensure(0, silent)
    write({"package-lock.json": '{"lockfileVersion": 3}'})
    await one.ensure(1, silent)
    assert len(npm.ran) == 1


async def test_a_failure_is_told_once_an_attempt_and_tried_again_in_the_next(write: Write, npm: Npm) -> None:
    write(LOCKED)
    npm.exit_codes = [1, 0]
    one, told = installer(npm), list[str]()
    first, second = await asyncio.gather(one.ensure(1, told.append), one.ensure(1, told.append))
    assert first is not None
    assert first is second
    assert first.message.endswith("in the project's folder ended with exit code 1:\nsaid")
    assert told[-1].startswith("dependencies could not be installed: `")
    assert len(npm.ran) == 1
    assert await one.ensure(2, told.append) is None


async def test_half_an_install_is_not_believed(write: Write, npm: Npm) -> None:
    write({**LOCKED})
    npm.exit_codes = [1]
    await installer(npm).ensure(0, silent)
    write({"node_modules/express/package.json": "{}"})
    await installer(npm).ensure(0, silent)
    assert len(npm.ran) == 2


async def test_no_lock_file_is_left_that_the_project_has_not_got(write: Write, npm: Npm) -> None:
    write({"package.json": MANIFEST})
    await installer(npm).ensure(0, silent)
    assert not (npm.root / "package-lock.json").exists()


async def test_no_folder_but_the_installed_one_is_hidden_from_git(write: Write, npm: Npm) -> None:
    npm.root = write({f"packages/api/{name}": text for name, text in LOCKED.items()})
    one = installer(npm)
    npm.root = npm.root / "packages" / "api"
    assert await one.ensure(0, silent) is None
    hidden = sorted(
        path.relative_to(npm.root.parents[1]).as_posix() for path in npm.root.parents[1].rglob(".gitignore")
    )
    assert hidden == ["packages/api/node_modules/.gitignore"]


async def test_one_that_cannot_be_started_is_a_failure(write: Write, npm: Npm, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: Any, **__: Any) -> Outcome:
        raise CallFailed("the folder is gone")

    write(LOCKED)
    monkeypatch.setattr(npm, "run", refuse)
    failure = await installer(npm).ensure(0, silent)
    assert failure is not None
    assert "could not be started:\nthe folder is gone" in failure.message


async def test_another_process_that_installs_is_waited_for(write: Write, npm: Npm) -> None:
    write(LOCKED)
    one = installer(npm, install_timeout_s=0.05)
    npm.exit_codes = [1]
    await one.ensure(0, silent)
    (path,) = (npm.root.parent / "state" / "installs").glob("*.lock")
    lock = FileLock(path)
    assert lock.try_acquire()
    try:
        with pytest.raises(WorkspaceBusy):
            await one.ensure(1, silent)
    finally:
        lock.release()
    assert await one.ensure(2, silent) is None


async def test_broken_notes_cost_an_install_and_no_more(write: Write, npm: Npm) -> None:
    write(LOCKED)
    await installer(npm).ensure(0, silent)
    (stamps,) = (npm.root.parent / "state" / "installs").glob("*.json")
    stamps.write_text("{")
    write({"package.json": MANIFEST.replace("express", "koa")})
    await installer(npm).ensure(0, silent)
    assert len(npm.ran) == 2
    assert list(json.loads(stamps.read_text())) == ["npm:."]


async def test_a_package_that_is_gone_is_installed_again_unless_an_install_does_not_bring_it(
    write: Write, npm: Npm
) -> None:
    write(LOCKED)
    await installer(npm).ensure(0, silent)
    write({"node_modules/other/package.json": "{}"})
    (npm.root / "node_modules" / "express").rmdir()
    await installer(npm).ensure(0, silent)
    assert len(npm.ran) == 2
    write({"package.json": MANIFEST.replace("express", "for-another-system")})
    for _ in range(2):
        await installer(npm).ensure(0, silent)
    assert len(npm.ran) == 3
