"""What a process died of, as far as its log tells: whether a refused extension is the last that it complains of.

What uvicorn, gunicorn, npm, yarn, `go run`, SQLAlchemy and psycopg write behind an error, because of it, is known.
"""

import logging
import re

from backend_developer.workspace.postgres.extensions import Refusal, refusals

logger = logging.getLogger(__name__)

_CAUSED = "The above exception was the direct cause of the following exception:"
_TRACEBACK = re.compile(r"(?:Exception Group )?Traceback \(most recent call last\):")
_COMPLAINT = re.compile(
    r"error|exception|fatal|critical|panic|traceback|fail|cannot|could ?n.t|could not|missing|not found|undefined"
    r"|invalid|refused|denied|unable|in use",
    re.IGNORECASE,
)
_CONSEQUENCE = re.compile(
    r"(?:ERROR:\s+)?Application startup failed\. Exiting\.|exit status \d+|npm (?:ERR!|error) .*|.*ELIFECYCLE.*"
    r"|error Command failed with exit code \d+\.?|note: run with .*"
    r"|\[[^\]]*\] \[\d+\] \[\w+\] (?:Worker .*|Shutting down: \w+|Reason: Worker failed to boot\.)"
    r"|\(Background on this error .*|\[(?:SQL|parameters): .*|(?:HINT|DETAIL|CONTEXT|LINE \d+):.*"
    r"|(?:.*\W)?(?:failed to|could not|unable to) (?:start|boot|migrate|initiali[sz]e|(?:run|apply) migrations)"
    r"(?: the)?(?: service| server| app(?:lication)?| database)?[.!]?",
    re.IGNORECASE,
)
"""What is said because of an error that was told already."""


def refusal_at_the_end(log: str) -> Refusal | None:
    """PostgreSQL's last refusal of an extension, where nothing behind it tells of another error.

    What is indented, or stands within the same exception, belongs to it; so does an exception that it is the direct
    cause of, which is what `raise ... from` makes.
    """
    found = refusals(log)
    if not found:
        return None
    end = log.find("\n", found[-1].end)
    other = _other_complaint(log[end + 1 :].splitlines() if end >= 0 else [])
    if other:
        logger.info("the extension was refused, and then: %s", other)
    return None if other else found[-1]


def _other_complaint(lines: list[str]) -> str | None:
    caused = within = False
    for line in lines:
        text = line.strip()
        if text.startswith(_CAUSED):
            caused = True
        elif _TRACEBACK.search(text):
            if not caused:
                return text
            within, caused = True, False
        elif within:
            # The frames are indented; the first line that is not names the exception.
            within = line[:1].isspace() or not text
        elif not line[:1].isspace() and _COMPLAINT.search(text) and not _CONSEQUENCE.fullmatch(text):
            return text
    return None
