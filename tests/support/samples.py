"""The sample projects in the languages beside Python, and where their toolchains are in the tests."""

import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "samples"
_SHARED = Path(tempfile.gettempdir()) / f"backend-developer-tests-{os.getuid()}"
"""Outlives the tests, as a developer's own caches do: to compile Go's standard library costs half a minute."""


def copy_sample(name: str, target: Path) -> Path:
    """A fresh copy of a sample project."""
    return shutil.copytree(SAMPLES / name, target)


def path_with_go() -> str:
    """PATH with the Go that comes with the test dependencies, by links.

    The agent's own virtualenv, where it lies, is not on the PATH of a project's commands.
    """
    spec = importlib.util.find_spec("go")
    assert spec is not None
    assert spec.origin is not None
    programs = _SHARED / "go-programs"
    programs.mkdir(parents=True, exist_ok=True)
    for name in ("go", "gofmt"):
        link = programs / f".{name}-{os.getpid()}"
        link.symlink_to(Path(spec.origin).parent / "bin" / name)
        link.replace(programs / name)
    return f"{programs}{os.pathsep}{os.environ['PATH']}"


def go_environment() -> dict[str, str]:
    """Variables for a `go` that a test runs itself: the shared build cache, nothing fetched."""
    cache = _SHARED / "go-build"
    cache.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": path_with_go(),
        "GOCACHE": str(cache),
        "GOFLAGS": "-mod=mod",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
    }


def share_go_cache(scratch: Path) -> None:
    """One build cache for all tests, in place of the one that the toolchain keeps in the gates' `scratch`."""
    cache = _SHARED / "go-build"
    cache.mkdir(parents=True, exist_ok=True)
    scratch.mkdir(parents=True, exist_ok=True)
    if not (scratch / "go-build").is_symlink():
        (scratch / "go-build").symlink_to(cache)
