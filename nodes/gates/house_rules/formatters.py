"""Whether the project's log format already writes module and function before each message."""

import logging
import re
from pathlib import Path, PurePosixPath

from backend_developer.workspace.toolchains.files import read_text, walk

logger = logging.getLogger(__name__)

_SUFFIXES = {".cfg", ".conf", ".ini", ".json", ".py", ".toml", ".yaml", ".yml"}

_FUNCTION_AND_MODULE = (
    # logging, percent style; the name of a logger is that of its module by convention
    (re.compile(r"%\(funcName\)"), re.compile(r"%\((?:module|name)\)")),
    # logging, brace and dollar style, and loguru's record fields
    (re.compile(r"\$?\{(?:funcName|function)[}:!]"), re.compile(r"\$?\{(?:module|name)[}:!]")),
    # structlog
    (re.compile(r"CallsiteParameter\.FUNC_NAME"), re.compile(r"CallsiteParameter\.(?:MODULE|FILENAME)")),
    # a formatter of the project's own
    (re.compile(r"record\.funcName"), re.compile(r"record\.(?:module|name)")),
    # loguru's format when none is given: `{name}:{function}:{line}`
    (re.compile(r"^from loguru import logger", re.MULTILINE), re.compile(r"loguru")),
)


def formats_prefix(root: Path) -> bool:
    """Whether some file of the project sets up such a format. Reads the disk."""
    for path in walk(root):
        if PurePosixPath(path).suffix in _SUFFIXES and _sets_format(root / path):
            logger.info("log format with module and function: %s", path)
            return True
    return False


def _sets_format(path: Path) -> bool:
    text = read_text(path)
    return any(function.search(text) and module.search(text) for function, module in _FUNCTION_AND_MODULE)
