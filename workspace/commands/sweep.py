"""Find and end a command's processes by the marker in their environment.

Only for where they cannot be followed as descendants: no Linux, or the supervisor itself was killed.
"""

import contextlib
import logging

import psutil

from backend_developer.workspace.commands.environment import MARKER

logger = logging.getLogger(__name__)

_GRACE_S = 2.0


def sweep_marked(marker: str) -> int:
    """TERM all that carry the marker, KILL them after 2 s; how many they were. Blocking, 4 s at most."""
    found = _marked(marker)
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    psutil.wait_procs(found, timeout=_GRACE_S)
    left = _marked(marker)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=_GRACE_S)
    ended = len({process.pid for process in (*found, *left)})
    logger.info("marker=%s ended=%d", marker, ended)
    return ended


def _marked(marker: str) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _carries(process, marker)]


def _carries(process: psutil.Process, marker: str) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARKER) == marker
    except (psutil.Error, OSError):
        return False
