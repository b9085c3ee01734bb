"""A process that has loaded the product, and forks a command line for each that is asked for.

Run as a script with the number of the socket that asks. A start then costs no second of imports; what it gives is
still a process of its own, with its own arguments, environment, output, signals and exit code.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import threading

from backend_developer.graph.startup import quick_imports
from backend_developer.interfaces.cli import main

with quick_imports():
    import backend_developer.graph.model.live
    import backend_developer.graph.session
    import backend_developer.interfaces.cli.resume
    import backend_developer.interfaces.cli.run
    import backend_developer.interfaces.cli.show
    import backend_developer.interfaces.cli.undo  # noqa: F401 - all of these for their being loaded


def serve(asking: socket.socket) -> list[str]:
    """Fork for each that asks, to the end of the socket; comes back only in what was forked, with its arguments."""
    woken, wakes = socket.socketpair()
    wakes.setblocking(False)
    before = signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.fileno())
    born: dict[int, socket.socket] = {}
    while True:
        readable: list[socket.socket] = select.select([asking, woken], [], [])[0]
        if woken in readable:
            woken.recv(512)
            _tell_ends(born)
        if asking not in readable:
            continue
        _, numbers, _, _ = socket.recv_fds(asking, 1, 3)
        if not numbers:
            sys.exit()
        pid = os.fork()
        if not pid:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, before)
            for ours in (asking, woken, wakes, *born.values()):
                ours.close()
            return _become(*numbers)
        for number in numbers[:2]:
            os.close(number)
        born[pid] = socket.socket(fileno=numbers[2])
        born[pid].sendall(b"%d\n" % pid)


def _tell_ends(born: dict[int, socket.socket]) -> None:
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            with contextlib.suppress(OSError), born.pop(ended[0]) as told:
                told.sendall(b"%d\n" % os.waitstatus_to_exitcode(ended[1]))


def _become(out: int, err: int, asked: int) -> list[str]:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, source in enumerate((nothing, out, err)):
        os.dup2(source, number)
        os.close(source)
    with os.fdopen(asked, "rb") as lines:
        wanted = json.loads(lines.readline())
    os.environ.clear()
    os.environ.update(wanted["environment"])
    if wanted["through"]:
        os.execvp(wanted["through"][0], [*wanted["through"], *wanted["argv"]])
    # What was opened on a file, as pytest catches it, cannot write to a pipe.
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    sys.argv = wanted["argv"]
    return sys.argv[1:]


if __name__ == "__main__":
    assert threading.active_count() == 1, "a fork takes along only the thread that calls it"
    sys.path.pop(0)
    gc.collect()
    gc.freeze()
    main(serve(socket.socket(fileno=int(sys.argv[1]))))
