"""The living descendants of a process, and how to make sure that none escapes."""

import ctypes
import os
import sys

_SET_CHILD_SUBREAPER = 36


def become_reaper() -> bool:
    """Let orphans below this process come back to it, however often they fork and `setsid`; false where it cannot."""
    if sys.platform != "linux":
        return False
    words = (ctypes.c_ulong(word) for word in (1, 0, 0, 0))
    return bool(ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, *words) == 0)


def descendants(of: int) -> dict[int, int]:
    """Process id to process group of all that live below `of` (Linux). Zombies do not live."""
    below: dict[int, list[tuple[int, int, bool]]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - pathlib costs 8 ms a command
        if name.isdigit() and (stat := _stat(name)) is not None:
            parent, group, lives = stat
            below.setdefault(parent, []).append((int(name), group, lives))
    found: dict[int, int] = {}
    queue = [of]
    while queue:
        for pid, group, lives in below.get(queue.pop(), ()):
            queue.append(pid)
            if lives:
                found[pid] = group
    return found


def group_of(leader: int) -> dict[int, int]:
    """The same shape where descendants cannot be listed: the leader, as long as its group has members."""
    try:
        os.killpg(leader, 0)
    except OSError:
        return {}
    return {leader: leader}


def _stat(pid: str) -> tuple[int, int, bool] | None:
    try:
        file = os.open(f"/proc/{pid}/stat", os.O_RDONLY)
    except OSError:
        return None
    try:
        text = os.read(file, 1024)
    except OSError:
        return None
    finally:
        os.close(file)
    # The name of the program is in brackets and may hold brackets and blanks itself.
    state, parent, group = text[text.rfind(b")") + 2 :].split(maxsplit=3)[:3]
    return int(parent), int(group), state not in (b"Z", b"X")
