"""Landlock by system call: what a process may write to, from now on and for all that it starts.

Rights and structures as in the kernel's `include/uapi/linux/landlock.h`; what each ABI added as in
https://docs.kernel.org/userspace-api/landlock.html: 2 moving between folders, 3 truncation, 6 signals and abstract
sockets. Reading, TCP and device ioctls are left alone: projects' tests read their toolchains and bind ports.

What Landlock leaves to root is taken with the capabilities: modules, raw devices, mounts, the clock, and reading other
processes' memory, which Linux 6.18 allows to CAP_PERFMON past Landlock (measured: `/proc/<agent>/environ`).
"""

import ctypes
import os
import stat
import sys

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVS, _DROP_FROM_BOUNDING_SET = 38, 24

_WRITE_FILE = 1 << 1
_REMOVE = 1 << 4 | 1 << 5
_MAKE_DEVICE = 1 << 6 | 1 << 11
_MAKE = 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 12
_REFER = 1 << 13
_TRUNCATE = 1 << 14
_SCOPE_SOCKETS_AND_SIGNALS = 1 << 0 | 1 << 1

_DEVICES = (
    b"/dev/null",
    b"/dev/zero",
    b"/dev/full",
    b"/dev/random",
    b"/dev/urandom",
    b"/dev/tty",
    b"/dev/ptmx",
    b"/dev/pts",
)
_SHARED_MEMORY = b"/dev/shm"
"""POSIX semaphores live there, by name and at this place only."""

_POWERS = (9, 12, 16, 17, 19, 20, 21, 22, 25, 27, 30, 32, 33, 34, 38, 39, 40)
"""CAP_LINUX_IMMUTABLE, NET_ADMIN, SYS_MODULE, SYS_RAWIO, SYS_PTRACE, SYS_PACCT, SYS_ADMIN, SYS_BOOT, SYS_TIME, MKNOD,
AUDIT_CONTROL, MAC_OVERRIDE, MAC_ADMIN, SYSLOG, PERFMON, BPF, CHECKPOINT_RESTORE."""


def abi() -> int:
    """The kernel's Landlock version, 0 where it has none or does not let us use it."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION_FLAG))))


def hold(writable: list[bytes]) -> None:
    """Let this process and its children write below these paths, to the usual devices, and nowhere else.

    Devices cannot be made, even there: with one of its own, root would write to the raw disk.
    Raises `OSError`.
    """
    libc, version = _libc(), abi()
    held = handled(version)
    ruleset = _call(libc, _CREATE_RULESET, *_sized(_attributes(held, version)), ctypes.c_uint(0))
    for path in writable:
        _allow(libc, ruleset, path, held & ~_MAKE_DEVICE)
    for path in (*_DEVICES, _SHARED_MEMORY):
        if os.path.exists(path):  # noqa: PTH110 - pathlib costs 8 ms a command, and takes no bytes
            _allow(libc, ruleset, path, held & (~_MAKE_DEVICE if path == _SHARED_MEMORY else _WRITE_FILE | _TRUNCATE))
    for power in _POWERS:
        # Fails for everyone but root, who alone has them to lose; they are gone from the next exec on.
        _control(libc, _DROP_FROM_BOUNDING_SET, power)
    if _control(libc, _NO_NEW_PRIVS, 1):
        _fail("prctl")
    _call(libc, _RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0))
    os.close(ruleset)


def handled(version: int) -> int:
    """The rights on files that this ABI can hold and that change something."""
    held = _WRITE_FILE | _REMOVE | _MAKE | _MAKE_DEVICE
    if version >= 2:
        held |= _REFER
    if version >= 3:
        held |= _TRUNCATE
    return held


def _attributes(held: int, version: int) -> bytes:
    words = [held]
    if version >= 4:
        words.append(0)
    if version >= 6:
        words.append(_SCOPE_SOCKETS_AND_SIGNALS)
    return b"".join(word.to_bytes(8, sys.byteorder) for word in words)


def _allow(libc: ctypes.CDLL, ruleset: int, path: bytes, rights: int) -> None:
    # O_PATH is 0x200000 on every Linux; the name is missing elsewhere.
    folder = os.open(path, getattr(os, "O_PATH", 0x200000) | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(folder).st_mode):
            rights &= _WRITE_FILE | _TRUNCATE
        rule = rights.to_bytes(8, sys.byteorder) + folder.to_bytes(4, sys.byteorder)
        _call(
            libc,
            _ADD_RULE,
            ctypes.c_int(ruleset),
            ctypes.c_int(_PATH_BENEATH),
            ctypes.c_char_p(rule),
            ctypes.c_uint(0),
        )
    finally:
        os.close(folder)


def _sized(data: bytes) -> tuple[ctypes.c_char_p, ctypes.c_size_t]:
    return ctypes.c_char_p(data), ctypes.c_size_t(len(data))


def _control(libc: ctypes.CDLL, option: int, value: int) -> int:
    return int(libc.prctl(option, *(ctypes.c_ulong(word) for word in (value, 0, 0, 0))))


def _call(libc: ctypes.CDLL, number: int, *words: object) -> int:
    answer = int(libc.syscall(ctypes.c_long(number), *words))
    if answer < 0:
        _fail(f"system call {number}")
    return answer


def _fail(what: str) -> None:
    number = ctypes.get_errno()
    raise OSError(number, f"{what}: {os.strerror(number)}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
