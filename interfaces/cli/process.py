"""The process around a command: its event loop and its signals."""

import asyncio
import gc
import signal
from collections.abc import Coroutine
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")


def drive(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end.

    Ctrl-C and TERM alike cancel it, let it clean up, and then raise `KeyboardInterrupt`; a second one does so at once.
    """
    # This process does nothing else, so what it loads stays: see `graph.startup.quick_imports`.
    gc.freeze()
    before_term = signal.signal(signal.SIGTERM, _interrupt)
    # A job that a script puts into the background begins with SIGINT ignored, and TERM is passed on as that.
    before_int = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return asyncio.run(work)
    finally:
        signal.signal(signal.SIGINT, before_int)
        signal.signal(signal.SIGTERM, before_term)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)
