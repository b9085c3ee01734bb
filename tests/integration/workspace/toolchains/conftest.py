"""Small real projects, and what runs their steps."""

import shutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from backend_developer.contract import Settings
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.toolchains.base import Package, Step, StepKind
from backend_developer.workspace.toolchains.python.toolchain import PythonToolchain

Write = Callable[[dict[str, str]], Path]
Run = Callable[[Step], Awaitable[Outcome]]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Write]:
    """Write files into the workspace; afterwards nothing but they may be in it."""
    root = tmp_path / "project"
    root.mkdir()
    written: set[str] = set()

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            written.add(name)
        return root

    yield write
    found = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert found <= written
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def toolchain(tmp_path: Path) -> Callable[[Path], PythonToolchain]:
    return lambda root: PythonToolchain(root, tmp_path / "scratch")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    async def run(step: Step) -> Outcome:
        for folder in step.writable:
            folder.mkdir(parents=True, exist_ok=True)
        root = tmp_path / "project"
        executor = Executor(root, tmp_path / "logs", Settings())
        cwd = root / step.package.root
        return await executor.run(step.argv, cwd=cwd, env=step.env, timeout_s=60, writable=step.writable)

    return run


@pytest.fixture
def steps() -> Callable[[PythonToolchain, StepKind], list[Step]]:
    """The steps of the project in the workspace's root."""
    return lambda toolchain, kind: toolchain.steps(toolchain.root, Package("python", "."), kind)
