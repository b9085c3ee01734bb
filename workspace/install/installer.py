"""Installs what a workspace lacks, once for each state of its manifests."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend_developer.contract import CallFailed, Settings, WorkspaceBusy
from backend_developer.contract.ports import Commands
from backend_developer.workspace.filelock import FileLock
from backend_developer.workspace.install.failure import InstallFailure
from backend_developer.workspace.install.hide import hide_from_git
from backend_developer.workspace.install.plan import install_steps, is_due
from backend_developer.workspace.install.stamps import UNFINISHED, Stamps, lacking
from backend_developer.workspace.install.step import InstallStep
from backend_developer.workspace.toolchains.registry import part_of

logger = logging.getLogger(__name__)

Tell = Callable[[str], None]
"""Takes one sentence on what goes on."""


def downloads_in(state_dir: Path) -> Path:
    """Where package managers keep what they have fetched, for all workspaces.

    Only installs write there: in the cache of other commands the model could plant what a gate then believes. A script
    that an install runs can still; what it plants has to pass the digests of the lock files.
    """
    return state_dir / "packages"


@dataclass(frozen=True, slots=True)
class _Place:
    """What is the workspace's own in the state folder."""

    stamps: Path
    lock: Path

    @classmethod
    def of(cls, state_dir: Path, root: Path) -> "_Place":
        folder, name = state_dir / "installs", part_of(root)
        return cls(folder / f"{name}.json", folder / f"{name}.lock")


class Installer:
    """The install step of one run."""

    def __init__(self, root: Path, commands: Commands, settings: Settings, python: str | None = None) -> None:
        self._root = root
        self._commands = commands
        self._limit_s = settings.install_timeout_s
        self._python = python
        self._downloads = downloads_in(settings.state_dir)
        self._place = _Place.of(settings.state_dir, root)
        self._stamps = Stamps(self._place.stamps)
        self._turn = asyncio.Lock()
        self._ended: dict[int, InstallFailure | None] = {}

    async def ensure(self, attempt: int, tell: Tell) -> InstallFailure | None:
        """Install what is due; the first failure, or None. Whoever asks again in the same attempt gets the answer.

        Gates ask side by side: the first one installs, and the others wait for it.
        Raises `NoToolchain` where a package manager is missing, `WorkspaceBusy` where another process does not end.
        """
        async with self._turn:
            if attempt not in self._ended:
                self._ended[attempt] = await self._ensure(tell)
            return self._ended[attempt]

    async def refresh(self) -> InstallFailure | None:
        """Install what is due by now, in the middle of an attempt: its gates will look once more. Raises likewise."""
        async with self._turn:
            return await self._ensure(logger.info)

    async def _ensure(self, tell: Tell) -> InstallFailure | None:
        if not await asyncio.to_thread(self._due):
            return None
        lock = FileLock(self._place.lock)
        if not await lock.acquire(self._limit_s):
            raise WorkspaceBusy(
                f"Another process has been installing the dependencies of {self._root} for {self._limit_s:g} s.",
                "Wait until it has ended, then hand the task over again.",
                source="install",
            )
        try:
            # Asked again: whoever held the lock may have installed it.
            for step in await asyncio.to_thread(self._due):
                if failure := await self._install(step, tell):
                    return failure
        finally:
            lock.release()
        return None

    def _due(self) -> list[InstallStep]:
        self._place.lock.parent.mkdir(parents=True, exist_ok=True)
        steps = install_steps(self._root, self._downloads, self._python)
        return [step for step in steps if is_due(step, self._stamps)]

    async def _install(self, step: InstallStep, tell: Tell) -> InstallFailure | None:
        where = "" if step.folder == "." else f" in {step.folder}"
        tell(f"installing dependencies{where} with {step.manager}")
        began = time.perf_counter()
        locks = await asyncio.to_thread(self._begin, step)
        others = await asyncio.to_thread(step.by_products)
        try:
            for argv in step.commands:
                if failure := await self._run(step, argv):
                    tell(f"dependencies{where} could not be installed: `{failure.command}` {failure.ending}")
                    return failure
        finally:
            await asyncio.to_thread(_remove, locks)
        await asyncio.to_thread(self._end, step, others)
        tell(f"dependencies{where} are installed, {time.perf_counter() - began:.1f} s")
        return None

    def _begin(self, step: InstallStep) -> list[Path]:
        """Prepare, and name the lock files that the project has not got: what appears there is not the project's."""
        for folder in (self._downloads, *step.writable):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for link, target in step.links.items():
            link.parent.mkdir(parents=True, exist_ok=True)
            if target.exists() and not link.is_symlink():
                link.symlink_to(target)
        self._stamps.write(step.key, UNFINISHED)
        places = [self._root / step.folder / name for name in step.locks]
        return [place for place in places if not place.exists()]

    def _end(self, step: InstallStep, others: set[Path]) -> None:
        """Hide what is new, but no by-product that was there before: it may be the user's. Note what there is now."""
        for folder in (*step.folders, *(step.by_products() - others)):
            hide_from_git(self._root, folder)
        steps = install_steps(self._root, self._downloads, self._python)
        whole = not any(one.missing for one in steps if one.key == step.key)
        self._stamps.write(step.key, step.fingerprint if whole else lacking(step.fingerprint))

    async def _run(self, step: InstallStep, argv: tuple[str, ...]) -> InstallFailure | None:
        try:
            outcome = await self._commands.run(
                argv,
                cwd=self._root / step.folder,
                env={**_caches(self._downloads), **step.env},
                timeout_s=self._limit_s,
                writable=(self._downloads, *step.writable),
            )
        except CallFailed as error:
            return InstallFailure(step, " ".join(argv), "could not be started", str(error))
        logger.info("%s: %s, exit code %s", step.key, outcome.command, outcome.exit_code)
        return None if outcome.ok else InstallFailure.of(step, outcome, self._limit_s)


def _caches(downloads: Path) -> dict[str, str]:
    """Each manager's cache below one folder, and none that asks or changes a manifest."""
    folders = {
        "XDG_CACHE_HOME": "cache",
        "NPM_CONFIG_CACHE": "npm",
        "YARN_CACHE_FOLDER": "yarn",
        "YARN_GLOBAL_FOLDER": "yarn-berry",
        "COREPACK_HOME": "corepack",
        "PIP_CACHE_DIR": "pip",
        "UV_CACHE_DIR": "uv",
        "POETRY_CACHE_DIR": "poetry",
    }
    return {
        **{name: str(downloads / folder) for name, folder in folders.items()},
        "COREPACK_ENABLE_AUTO_PIN": "0",
        "COREPACK_ENABLE_DOWNLOAD_PROMPT": "0",
        "YARN_ENABLE_TELEMETRY": "0",
    }


def _remove(places: list[Path]) -> None:
    for place in places:
        place.unlink(missing_ok=True)
