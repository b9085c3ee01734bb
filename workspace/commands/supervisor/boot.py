"""Start the supervisor: run as `python -I -S boot.py`, with the job on standard input."""

import sys

PACKAGE = "backend_developer.workspace.commands.supervisor"


def stand_in(package: str, folder: str) -> None:
    """Make `folder` importable as `package` without importing the packages above it."""
    names = package.split(".")
    for end in range(1, len(names) + 1):
        module = type(sys)(".".join(names[:end]))
        module.__path__ = [folder]
        sys.modules[module.__name__] = module


if __name__ == "__main__":
    stand_in(PACKAGE, __file__.rpartition("/")[0])
    from backend_developer.workspace.commands.supervisor.watch import main

    main()
