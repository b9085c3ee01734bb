"""Rate limits: how often something may be tried."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from app.errors import TooManyRequests

logger = logging.getLogger(__name__)

LOGIN_ATTEMPTS = 5
LOGIN_WINDOW_SECONDS = 60.0


class RateLimiter:
    """At most so many events a key within a sliding window."""

    def __init__(
        self,
        limit: int = LOGIN_ATTEMPTS,
        window: float = LOGIN_WINDOW_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = limit
        self._window = window
        self._clock = clock
        self._events: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def hit(self, key: str) -> None:
        """Count an event. Raises `TooManyRequests` where the limit is reached."""
        now = self._clock()
        with self._lock:
            events = self._events.setdefault(key, deque())
            while events and now - events[0] >= self._window:
                events.popleft()
            if len(events) >= self._limit:
                wait = self._window - (now - events[0])
                logger.warning("limit=%d reached, wait=%.0f", self._limit, wait)
                raise TooManyRequests(f"too many attempts: wait {wait:.0f} s")
            events.append(now)

    def reset(self, key: str) -> None:
        """Forget a key's events, as after a success."""
        with self._lock:
            forgotten = len(self._events.pop(key, ()))
        logger.debug("forgotten=%d", forgotten)
