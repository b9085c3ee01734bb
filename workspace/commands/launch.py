"""From a command to a running supervisor, blocking: log, scratch folder, environment, spawn."""

import contextlib
import fcntl
import os
import re
import shlex
import shutil
import sys
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backend_developer.contract import CallFailed
from backend_developer.workspace.commands.environment import MARKER, command_environment
from backend_developer.workspace.commands.supervisor import wire
from backend_developer.workspace.commands.supervisor.job import Job

LOG_CAP = 512_000_000
"""Bytes of output after which a command is ended."""

_BOOT = Path(__file__).parent / "supervisor" / "boot.py"
_FREE = 10
_SLUG = re.compile(r"[^A-Za-z0-9]+")
_LOG_NUMBER = re.compile(r"(\d+)-")


@dataclass(frozen=True, slots=True)
class Order:
    """One command, as the executor asks for it."""

    argv: str | Sequence[str]
    root: Path
    logs: Path
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    limit_s: float | None = None
    """None for a service."""
    cache: Path | None = None
    writable: Sequence[Path] = ()
    """Folders beside `root`."""
    held: bool = False
    """Whether the sandbox is applied."""
    talks: bool = False
    """Whether it is talked with: then it may write beside `root` only."""

    @property
    def command(self) -> str:
        """The command line, as it could be typed again."""
        return self.argv if isinstance(self.argv, str) else shlex.join(self.argv)


@dataclass(frozen=True, slots=True)
class Launched:
    """A supervisor that has its job. Whoever holds this owns the files and the process."""

    pid: int
    control: int
    """Closing it ends the command."""
    answers: int
    log: Path
    scratch: Path
    marker: str
    talk: tuple[int, int] | None = None
    """Where its standard output is read from and its standard input written to."""


def launch(order: Order) -> Launched:
    """Start a supervisor for the order.

    Raises `CallFailed` where the folder, a writable path or the program is missing, or the words cannot be passed.
    """
    if not order.cwd.is_dir():
        raise CallFailed(f"cannot run `{order.command}`: the folder {order.cwd} does not exist")
    if order.cache is not None:
        order.cache.mkdir(parents=True, exist_ok=True)
    marker = uuid.uuid4().hex
    scratch = Path(tempfile.mkdtemp(prefix="bd-"))
    try:
        env = _environment(order, scratch, marker)
        job = _job(order, scratch, env)
        return _spawn(job, env, scratch, marker, *_open_log(order.logs, order.command))
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def _environment(order: Order, scratch: Path, marker: str) -> dict[str, str]:
    return command_environment(
        os.environ,
        root=order.root,
        cwd=order.cwd,
        scratch=scratch,
        cache=order.cache,
        extra={**order.env, MARKER: marker},
    )


def _job(order: Order, scratch: Path, env: Mapping[str, str]) -> Job:
    argv = list(order.argv) if not isinstance(order.argv, str) else _shell(order.argv, env)
    for word in (*argv, *env, *env.values()):
        _check_word(order, word)
    return Job(
        program=os.fsencode(_find_program(order, argv, env)),
        argv=[os.fsencode(word) for word in argv],
        cwd=os.fsencode(order.cwd),
        scratch=os.fsencode(scratch),
        log_cap=LOG_CAP,
        limit_s=order.limit_s,
        writable=_writable(order, scratch) if order.held else None,
        talks=order.talks,
    )


def _shell(line: str, env: Mapping[str, str]) -> list[str]:
    shell = "bash" if shutil.which("bash", path=env["PATH"]) else "sh"
    return [shell, "-c", line]


def _check_word(order: Order, word: str) -> None:
    try:
        if b"\0" in os.fsencode(word):
            raise CallFailed(f"cannot run `{order.command}`: a word of it contains a NUL; remove it")
    except UnicodeEncodeError:
        raise CallFailed("cannot run the command: it contains half a surrogate pair; remove it") from None


def _find_program(order: Order, argv: Sequence[str], env: Mapping[str, str]) -> Path:
    if not argv or not argv[0]:
        raise CallFailed("cannot run an empty command; name a program")
    if "/" in argv[0]:
        return order.cwd / argv[0]
    found = shutil.which(argv[0], path=env["PATH"])
    if found is None:
        raise CallFailed(f"cannot run `{order.command}`: there is no program `{argv[0]}` on the PATH; install it first")
    return Path(found)


def _writable(order: Order, scratch: Path) -> list[bytes]:
    for path in order.writable:
        if not path.exists():
            raise CallFailed(f"cannot run `{order.command}`: the writable folder {path} does not exist")
    cache = () if order.cache is None else (order.cache,)
    root = () if order.talks else (order.root,)
    return [os.fsencode(path) for path in (*root, scratch, *cache, *order.writable)]


def _open_log(logs: Path, command: str) -> tuple[Path, int]:
    """A new file with the next free number: other executors may write to the same folder."""
    logs.mkdir(parents=True, exist_ok=True)
    slug = _slug(command)
    number = max((int(match[1]) for path in logs.glob("*.log") if (match := _LOG_NUMBER.match(path.name))), default=0)
    while True:
        number += 1
        path = logs / f"{number:04}-{slug}.log"
        with contextlib.suppress(FileExistsError):
            return path, os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)


def _slug(command: str) -> str:
    """The first words, without assignments: `KEY=secret curl ...` must not name a file."""
    words = [word.rpartition("/")[2] for word in command.split()[:4] if "=" not in word]
    return _SLUG.sub("-", "-".join(words))[:40].strip("-").lower() or "command"


def _spawn(job: Job, env: Mapping[str, str], scratch: Path, marker: str, log: Path, log_file: int) -> Launched:
    control_in, control = os.pipe()
    answers, answers_out = os.pipe()
    theirs, talk = [control_in, answers_out, log_file], None
    if job.talks:
        said, said_in = _pipe()
        heard_out, heard = _pipe()
        theirs += [heard_out, said_in]
        talk = (said, heard)
    try:
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-I", "-S", str(_BOOT)],
            env,
            file_actions=[(os.POSIX_SPAWN_DUP2, file, target) for target, file in enumerate(theirs)],
        )
    except BaseException:
        for file in (control, answers, *(talk or ())):
            os.close(file)
        raise
    finally:
        for file in theirs:
            os.close(file)
    with contextlib.suppress(BrokenPipeError), open(control, "wb", closefd=False) as pipe:
        pipe.write(wire.frame(job.fields()))
    os.set_blocking(answers, False)
    return Launched(pid, control, answers, log, scratch, marker, talk)


def _pipe() -> tuple[int, int]:
    """A pipe whose ends are above those that the supervisor gets: none is overwritten while they are handed over."""
    low = os.pipe()
    try:
        return fcntl.fcntl(low[0], fcntl.F_DUPFD_CLOEXEC, _FREE), fcntl.fcntl(low[1], fcntl.F_DUPFD_CLOEXEC, _FREE)
    finally:
        for file in low:
            os.close(file)
