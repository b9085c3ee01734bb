"""The log of the command line: a rotating file, and stderr on demand."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s [%(module)s:%(funcName)s] %(message)s"
FILE_NAME = "backend-developer.log"
FILE_BYTES = 5_000_000
OLD_FILES = 5

OURS = "backend_developer"

_ours: list[logging.Handler] = []


def set_up(state_dir: Path, *, verbose: bool = False) -> Path | None:
    """Send this process's log records to `state_dir/logs`, and to stderr too where `verbose`.

    Returns the log's path, or None where the folder cannot be written: a machine that cannot keep a log
    can still run `doctor`, which says so. Other packages' records are kept from WARNING up.
    Calling it again replaces what the last call set up.
    """
    tear_down()
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(logging.DEBUG if verbose else logging.INFO)
    # Without any handler logging would write warnings to stderr by itself.
    _add(root, logging.StreamHandler() if verbose else logging.NullHandler())
    return _add_file(root, state_dir / "logs" / FILE_NAME)


def tear_down() -> None:
    """Take away and close the handlers that `set_up` added."""
    root = logging.getLogger()
    while _ours:
        handler = _ours.pop()
        root.removeHandler(handler)
        handler.close()


def _add_file(root: logging.Logger, path: Path) -> Path | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _add(
            root,
            RotatingFileHandler(
                path, maxBytes=FILE_BYTES, backupCount=OLD_FILES, encoding="utf-8", errors="backslashreplace"
            ),
        )
    except OSError:
        return None
    return path


def _add(root: logging.Logger, handler: logging.Handler) -> None:
    handler.setFormatter(logging.Formatter(FORMAT))
    _ours.append(handler)
    root.addHandler(handler)


def current_path() -> Path | None:
    """The file that the log goes to now."""
    files = (Path(handler.baseFilename) for handler in _ours if isinstance(handler, RotatingFileHandler))
    return next(files, None)
