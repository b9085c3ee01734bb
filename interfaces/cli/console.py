"""The two streams: progress and messages on stderr, results on stdout."""

import json
import sys
from typing import Any

from rich.console import Console

from backend_developer.interfaces.display.screens import ProgressConsole


def progress_console() -> Console:
    """The console for progress and messages."""
    return ProgressConsole(stderr=True, highlight=False)


def result_console() -> Console:
    """The console for results that a person reads."""
    return Console(highlight=False)


def say(words: str, style: str = "") -> None:
    """Write a message to stderr, folded at no column, so that it can be searched and copied."""
    progress_console().print(words, style=style or None, markup=False, soft_wrap=True)


def put_json(value: Any) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
    sys.stdout.flush()
