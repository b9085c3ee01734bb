"""What is worked out of a note's text."""

import logging

logger = logging.getLogger(__name__)

MAX_TITLE = 30


def title(text: str) -> str:
    """The first line, cut where it is long."""
    first = text.partition("\n")[0].strip()
    logger.debug("[texts:title] length=%d", len(first))
    return first if len(first) <= MAX_TITLE else first[: MAX_TITLE - 1] + "…"


def words(text: str) -> int:
    """How many words there are."""
    return len(text.split())
