"""pip, Go and Cargo for real: a wheel, a module proxy and a git repository on disk."""

import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import Settings
from backend_developer.workspace.commands import Executor
from backend_developer.workspace.install import downloads_in
from backend_developer.workspace.toolchains.base import Package
from backend_developer.workspace.toolchains.go.toolchain import GoToolchain
from backend_developer.workspace.toolchains.rust.toolchain import RustToolchain
from tests.support.product import write_files
from tests.support.samples import path_with_go, share_go_cache

Install = Callable[[Path], Any]


def wheel(folder: Path, name: str) -> None:
    """A distribution with one module."""
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as packed:
        packed.writestr(f"{name}.py", "VALUE = 7\n")
        packed.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        packed.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{info}/RECORD", "")


async def test_pip_makes_a_virtualenv_and_adds_what_is_declared_later(tmp_path: Path, trial: Install) -> None:
    root, wheels = tmp_path / "project", tmp_path / "wheels"
    for name in ("nowhere_a", "nowhere_b"):
        wheel(wheels, name)
    offline = f"--no-index\n--find-links {wheels}\n"
    write_files(root, {"requirements.txt": f"{offline}nowhere_a\n", "app.py": "import nowhere_a\n"})
    one = trial(root)
    assert await one.run() is None
    (sites,) = (root / ".venv").glob("lib/python3*/site-packages")
    assert (sites / "nowhere_a.py").is_file()
    assert (root / ".venv" / ".gitignore").is_file()
    write_files(root, {"requirements.txt": f"{offline}nowhere_a\nnowhere_b\n"})
    assert await one.run() is None
    assert (sites / "nowhere_b.py").is_file()
    assert await one.run() is None
    assert one.installs == 2
    write_files(root, {"requirements.txt": f"{offline}nowhere_c\n"})
    failure = await one.run()
    assert failure is not None
    assert "No matching distribution found for nowhere_c" in failure.said
    assert failure.command == f"{root}/.venv/bin/python -m pip install -r requirements.txt"


async def test_a_virtualenv_whose_interpreter_is_gone_is_made_anew(tmp_path: Path, trial: Install) -> None:
    root = tmp_path / "project"
    wheel(tmp_path, "nowhere_a")
    write_files(
        root,
        {"requirements.txt": f"--no-index\n--find-links {tmp_path}\nnowhere_a\n", "app.py": "", ".venv/pyvenv.cfg": ""},
    )
    (root / ".venv" / "bin").mkdir()
    for name in ("python", "python3"):
        (root / ".venv" / "bin" / name).symlink_to(tmp_path / "removed")
    assert await trial(root).run() is None
    assert list((root / ".venv").glob("lib/python3*/site-packages/nowhere_a.py"))


BACKEND = """
from pathlib import Path

def build_editable(folder, *_):
    import zipfile
    Path("src/shop.egg-info").mkdir(exist_ok=True)
    Path("src/shop.egg-info/PKG-INFO").touch()
    with zipfile.ZipFile(Path(folder, "shop-1.0-py3-none-any.whl"), "w") as packed:
        packed.writestr("shop-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: shop\\nVersion: 1.0\\n")
        packed.writestr("shop-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        packed.writestr("shop-1.0.dist-info/RECORD", "")
    return "shop-1.0-py3-none-any.whl"
"""
"""Leaves behind what setuptools does, which would have to be fetched."""


async def test_what_a_build_in_place_leaves_is_hidden_from_git(tmp_path: Path, trial: Install) -> None:
    root = tmp_path / "project"
    declared = "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['build_it']\n"
    declared += "[project]\nname = 'shop'\nversion = '1.0'\n"
    write_files(
        root,
        {
            "pyproject.toml": declared,
            "requirements.txt": f"--no-index\n--find-links {tmp_path}\nnowhere_a\n",
            "build_it/backend.py": BACKEND,
            "src/shop/__init__.py": "",
            "old.egg-info/PKG-INFO": "",
        },
    )
    wheel(tmp_path, "nowhere_a")
    assert await trial(root).run() is None
    assert (root / "src" / "shop.egg-info" / ".gitignore").is_file()
    assert not (root / "old.egg-info" / ".gitignore").exists()


def proxy(folder: Path, module: str, version: str) -> None:
    """A module as a proxy serves it (go.dev/ref/mod#goproxy-protocol)."""
    place = folder / module / "@v"
    write_files(place, {"list": f"{version}\n", f"{version}.mod": f"module {module}\n"})
    write_files(place, {f"{version}.info": f'{{"Version": "{version}", "Time": "2026-01-01T00:00:00Z"}}'})
    with zipfile.ZipFile(place / f"{version}.zip", "w") as packed:
        packed.writestr(f"{module}@{version}/go.mod", f"module {module}\n")
        packed.writestr(f"{module}@{version}/greet.go", 'package greet\n\nfunc Hello() string { return "hello" }\n')


async def test_go_downloads_once_for_gates_that_fetch_nothing(
    tmp_path: Path, trial: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("go")
    root, scratch = tmp_path / "project", tmp_path / "state" / "gates"
    proxy(tmp_path / "proxy", "example.com/greet", "v1.0.0")
    monkeypatch.setenv("PATH", path_with_go())
    for name, value in {
        "GOPROXY": (tmp_path / "proxy").as_uri(),
        "GOSUMDB": "off",
        "GOMODCACHE": str(tmp_path / "mine"),
    }.items():
        monkeypatch.setenv(name, value)
    share_go_cache(scratch)
    main = 'package main\n\nimport "example.com/greet"\n\nfunc main() { println(greet.Hello()) }\n'
    write_files(root, {"go.mod": "module shop\n\ngo 1.22\n\nrequire example.com/greet v1.0.0\n", "main.go": main})
    subprocess.run(
        ["go", "mod", "tidy"],
        cwd=root,
        check=True,
        env={**os.environ, "GOMODCACHE": str(tmp_path / "theirs"), "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local"},
    )
    one = trial(root)
    assert await one.run() is None
    assert await one.run() is None
    assert one.installs == 1
    settings = Settings(state_dir=one.state_dir)
    go = GoToolchain(scratch, scratch / "go-build", downloads_in(one.state_dir))
    (build,) = go.steps(root, Package("go", "."), "build")
    for folder in build.writable:
        folder.mkdir(parents=True, exist_ok=True)
    commands = Executor(root, one.state_dir / "logs", settings)
    ended = await commands.run(build.argv, cwd=root, env=build.env, timeout_s=110, writable=build.writable)
    assert ended.ok, ended.output


@pytest.mark.skipif(shutil.which("cargo") is None, reason="Cargo is not installed")
async def test_cargo_fetches_once_for_gates_that_are_offline(tmp_path: Path, trial: Install) -> None:
    tool, root = tmp_path / "tool", tmp_path / "project"
    write_files(
        tool,
        {
            "Cargo.toml": '[package]\nname = "tool"\nversion = "0.1.0"\nedition = "2021"\n',
            "src/lib.rs": "pub fn seven() -> u32 { 7 }\n",
        },
    )
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    for words in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-qm", "tool")):
        subprocess.run(["git", *words], cwd=tool, check=True)
    write_files(
        root,
        {
            "Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n'
            f'[dependencies]\ntool = {{ git = "{tool.as_uri()}" }}\n',
            "src/main.rs": 'fn main() { println!("{}", tool::seven()); }\n',
        },
    )
    subprocess.run(
        ["cargo", "generate-lockfile", "--quiet"],
        cwd=root,
        check=True,
        env={**os.environ, "CARGO_HOME": str(tmp_path / "theirs"), "RUSTUP_HOME": str(Path.home() / ".rustup")},
    )
    one = trial(root)
    assert await one.run() is None
    assert await one.run() is None
    assert one.installs == 1
    rust = RustToolchain(tmp_path / "scratch", downloads_in(one.state_dir))
    (build,) = rust.steps(root, Package("rust", "."), "build")
    for folder in build.writable:
        folder.mkdir(parents=True, exist_ok=True)
    commands = Executor(root, one.state_dir / "logs", Settings(state_dir=one.state_dir))
    ended = await commands.run(build.argv, cwd=root, env=build.env, timeout_s=110, writable=build.writable)
    assert ended.ok, ended.output
