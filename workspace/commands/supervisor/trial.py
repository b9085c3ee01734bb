"""Try what a held command must not be able to do: run inside the sandbox, tell what succeeded.

Arguments: a folder outside with the files `kept` and `moved`, the agent's process id. The current folder is the
workspace, with a link `link` to the folder outside. Prints the name of each trial that the sandbox let pass.
"""

import os
import sys
from collections.abc import Callable


def _create(path: str) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _read(path: str) -> None:
    with open(path, "rb") as file:  # noqa: PTH123 - this script has no more than `os` and `sys`
        file.read()


def _passes(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _main(outside: str, agent: int) -> None:
    trials: dict[str, Callable[[], None]] = {
        "inside": lambda: _create("made"),
        "create": lambda: _create(f"{outside}/made"),
        "link": lambda: _create("link/made-by-link"),
        "truncate": lambda: os.truncate(f"{outside}/kept", 0),
        "move": lambda: os.rename(f"{outside}/moved", "moved"),  # noqa: PTH104 - as above
        "mode": lambda: os.chmod(f"{outside}/kept", 0o600),  # noqa: PTH101 - as above
        "signal": lambda: os.kill(agent, 0),
        "environment": lambda: _read(f"/proc/{agent}/environ"),
    }
    for name, attempt in trials.items():
        if _passes(attempt):
            sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
