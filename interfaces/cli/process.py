"""The process around a command: its event loop and its signals."""

import asyncio
import signal
from collections.abc import Coroutine
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")


def drive(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end.

    Ctrl-C and TERM alike cancel it, let it clean up, and then raise `KeyboardInterrupt`; a second one does so at once.
    """
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        return asyncio.run(work)
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)
