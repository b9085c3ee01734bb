"""Whether the state folder can be used."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from backend_developer.interfaces.doctor.check import Check, Surroundings

NAME = "state folder"
ENOUGH_BYTES = 1_000_000_000
SETTING = "BACKEND_DEVELOPER_STATE_DIR"


async def look(surroundings: Surroundings) -> Check:
    """Write a file into the folder, and count the free space."""
    return await asyncio.to_thread(_look, surroundings.settings.state_dir)


def _look(folder: Path) -> Check:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check(NAME, "missing", f"{folder}: {error.strerror or error}", f"Set {SETTING} to a folder of your own.")
    detail = f"{folder}: writable, {free / 1e9:.1f} GB free"
    if free < ENOUGH_BYTES:
        return Check(NAME, "warning", detail, f"Free some space, or set {SETTING} to a folder on another disk.")
    return Check(NAME, "ok", detail)
