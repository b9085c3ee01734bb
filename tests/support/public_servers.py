"""The public MCP servers, installed once a machine through the ordinary clients."""

import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from backend_developer.workspace.filelock import FileLock

NPM = ("@upstash/context7-mcp@4.1.1", "@modelcontextprotocol/server-sequential-thinking@2026.8.31")
PYPI = "code-index-mcp==2.17.1"
UNREACHABLE = ("ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN", "NewConnectionError", "Failed to resolve")


def installed() -> dict[str, str]:
    """Role to program. Skips the test only where a registry cannot be reached."""
    folder = platformdirs.user_cache_path("backend-developer-tests") / "mcp"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock")
    lock.wait()
    try:
        _install(folder, "npm", ["npm", "install", "--no-fund", "--no-audit", "--prefix", str(folder), *NPM])
        venv = folder / "code-index"
        if not (folder / "pip.done").exists():
            subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        # An environment of its own: it pins another version of the SDK.
        _install(folder, "pip", [str(venv / "bin" / "pip"), "install", "-q", PYPI])
    finally:
        lock.release()
    programs = folder / "node_modules" / ".bin"
    return {
        "context7": str(programs / "context7-mcp"),
        "sequential-thinking": str(programs / "mcp-server-sequential-thinking"),
        "code-index": str(venv / "bin" / "code-index-mcp"),
    }


def _install(folder: Path, name: str, command: list[str]) -> None:
    done = folder / f"{name}.done"
    if done.exists():
        return
    ran = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    said = ran.stdout + ran.stderr
    if ran.returncode and any(sign in said for sign in UNREACHABLE):
        pytest.skip(f"the registry of {name} cannot be reached")
    assert ran.returncode == 0, said
    done.touch()
