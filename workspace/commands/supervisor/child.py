"""From the supervisor to the command: fork, limits, sandbox, exec."""

import os
import resource
from _signal import SIG_DFL, SIGPIPE, SIGXFSZ, signal  # type: ignore[import-not-found] # `signal` costs 4 ms a command

from backend_developer.workspace.commands.supervisor import landlock
from backend_developer.workspace.commands.supervisor.job import Job

_LARGEST_FILE = 16 * 2**30
TALK = (3, 4)
"""Where a command that is talked with gets its standard input and output from."""
_FIRST_TO_GO = b"500"


class StartFailed(Exception):  # noqa: N818 - it says what happened
    """The command could not be started: at which stage, and the system's error number."""

    def __init__(self, stage: bytes, number: int) -> None:
        self.stage = stage
        self.number = number
        super().__init__(stage, number)


def start(job: Job, output: int) -> int:
    """Start the command with `output` as its standard output and error; its process id, once it runs.

    Raises `StartFailed` with stage `session`, `cwd`, `sandbox` or `exec`.
    """
    said, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        _become(job, output, tell)
    os.close(tell)
    words = os.read(said, 64)
    os.close(said)
    if words:
        os.waitpid(pid, 0)
        stage, _, number = words.partition(b" ")
        raise StartFailed(stage, int(number))
    return pid


def _become(job: Job, output: int, tell: int) -> None:
    stage = b"session"
    try:
        os.setsid()
        _wire(output, talks=job.talks)
        _limit()
        stage = b"cwd"
        os.chdir(job.cwd)
        stage = b"sandbox"
        if job.writable is not None:
            landlock.hold(job.writable)
        stage = b"exec"
        os.execve(job.program, job.argv, os.environ)  # noqa: S606 - what this module is for
    except OSError as error:
        os.write(tell, b"%s %d" % (stage, error.errno or 0))
    finally:
        os._exit(127)


def close_talk() -> None:
    """Once the command has them."""
    for file in TALK:
        os.close(file)


def _wire(output: int, *, talks: bool) -> None:
    source_in, source_out = TALK if talks else (os.open("/dev/null", os.O_RDONLY), output)
    for source, target in ((source_in, 0), (source_out, 1), (output, 2)):
        os.dup2(source, target)
    if talks:
        close_talk()
    # Python ignores these two, and what is ignored stays so over exec: `yes | head` would never end.
    signal(SIGPIPE, SIG_DFL)
    signal(SIGXFSZ, SIG_DFL)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    most = _LARGEST_FILE if hard == resource.RLIM_INFINITY else min(hard, _LARGEST_FILE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    try:
        score = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        # Where memory runs out, the kernel should end the command and not the agent.
        os.write(score, _FIRST_TO_GO)
        os.close(score)
    except OSError:
        return
