"""Copies of the Node samples; what they depend on is installed once for all test processes and linked in."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from backend_developer.workspace.filelock import FileLock

SAMPLE = Path(__file__).parents[1] / "samples" / "node_service"
INSTALL = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
_UNREACHABLE = ("ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH", "network")


def installed_modules(sample: Path = SAMPLE) -> Path:
    """A sample's node_modules; skips the test where npm is missing or cannot reach its registry."""
    manifest = sample / "package.json"
    fields = json.loads(manifest.read_text())
    needed = {**fields.get("devDependencies", {}), **fields.get("dependencies", {})}
    key = hashlib.sha256(json.dumps(needed).encode()).hexdigest()[:12]
    cache = Path(tempfile.gettempdir(), f"backend-developer-tests-{os.getuid()}", f"node-{key}")
    cache.mkdir(parents=True, exist_ok=True)
    lock = FileLock(cache / "lock")
    lock.wait()
    try:
        if not (cache / "complete").exists():
            _install(manifest, cache)
            (cache / "complete").touch()
    finally:
        lock.release()
    return cache / "node_modules"


def copy_sample(target: Path, sample: Path = SAMPLE) -> Path:
    """A copy of a sample that is ready to run."""
    shutil.copytree(sample, target, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (target / "node_modules").symlink_to(installed_modules(sample), target_is_directory=True)
    return target


def _install(manifest: Path, cache: Path) -> None:
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("Node.js and npm are not installed")
    shutil.copy(manifest, cache)
    done = subprocess.run(INSTALL, cwd=cache, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode and any(sign in done.stderr for sign in _UNREACHABLE):
        pytest.skip(f"npm cannot reach its registry: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
