"""Compiles every Python file below the current folder in memory; writes nothing.

Prints a JSON object for each file that does not compile, and ends with 1 if there is one.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

_FOREIGN = {"__pycache__", "__pypackages__", "bower_components", "node_modules", "site-packages"}
_MADE = {"build", "dist", "obj", "target", "vendor"}


def main() -> int:
    """Compile all; the exit code is 1 if a file does not."""
    warnings.simplefilter("ignore")
    broken = 0
    for path in _files():
        try:
            compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError) as error:
            broken += 1
            line = error.lineno if isinstance(error, SyntaxError) else None
            message = error.msg if isinstance(error, SyntaxError) else str(error)
            fields = {"file": path.as_posix(), "line": line, "code": type(error).__name__, "message": message}
            sys.stdout.write(json.dumps(fields) + "\n")
        except OSError as error:
            sys.stderr.write(f"{path} cannot be read: {error}\n")
    return 1 if broken else 0


def _files() -> Iterator[Path]:
    for folder, folders, names in os.walk("."):
        folders[:] = sorted(name for name in folders if _enters(Path(folder, name)))
        yield from (Path(folder, name) for name in sorted(names) if name.endswith(".py"))


def _enters(folder: Path) -> bool:
    if folder.name in _FOREIGN or folder.name.startswith("."):
        return False
    if folder.name in _MADE and not (folder / "__init__.py").exists():
        return False
    return not (folder / "pyvenv.cfg").exists()


if __name__ == "__main__":
    sys.exit(main())
