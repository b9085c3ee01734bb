"""Sessions: the logins of this process."""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import Unauthorized

logger = logging.getLogger(__name__)

SESSION_SECONDS = 8 * 3600


@dataclass
class Session:
    """One login of a client."""

    session_id: str
    client_id: int
    created_at: float
    last_seen_at: float


class SessionStore:
    """The sessions of this process; safe to use from several threads."""

    def __init__(self, seconds: float = SESSION_SECONDS, clock: Callable[[], float] = time.time) -> None:
        self._seconds = seconds
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def create(self, client_id: int) -> Session:
        """Begin a session."""
        now = self._clock()
        session = Session(secrets.token_urlsafe(16), client_id, now, now)
        with self._lock:
            self._sessions[session.session_id] = session
        logger.info("client_id=%d", client_id)
        return session

    def touch(self, session_id: str) -> Session:
        """The session, marked as used now. Raises `Unauthorized` where it has ended."""
        now = self._clock()
        with self._lock:
            session = self._sessions.get(session_id)
            if session is None or now - session.last_seen_at > self._seconds:
                self._sessions.pop(session_id, None)
                logger.info("the session is unknown or has ended")
                raise Unauthorized("the session has ended: log in again")
            session.last_seen_at = now
        return session

    def end(self, session_id: str) -> bool:
        """End a session; says whether there was one."""
        with self._lock:
            ended = self._sessions.pop(session_id, None) is not None
        logger.info("ended=%s", ended)
        return ended

    def sweep(self) -> int:
        """Forget the sessions that nobody has used for too long; gives their number."""
        oldest = self._clock() - self._seconds
        with self._lock:
            stale = [key for key, session in self._sessions.items() if session.last_seen_at < oldest]
            for key in stale:
                del self._sessions[key]
        logger.info("swept=%d", len(stale))
        return len(stale)
