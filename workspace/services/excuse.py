"""What is no fault of a service: its scratch database lacks an extension that another PostgreSQL has."""

import logging
from dataclasses import replace

from backend_developer.contract import Finding
from backend_developer.workspace.postgres.extensions import why_unproven
from backend_developer.workspace.services.last_words import refusal_at_the_end
from backend_developer.workspace.services.playback import Playback

logger = logging.getLogger(__name__)

_ENDED = frozenset({"service-died", "prepare-failed"})
"""What is said of a process that came to its end; one that lives on and does not listen died of nothing."""


def excuse(playback: Playback) -> Playback:
    """The playback without the findings that come of it; why, and where, is kept in `unproven`.

    A process that ended is judged by what its log says last, any other finding by its own words, which quote the log
    of the same request.
    """
    reasons = {finding: _why(finding, playback) for finding in playback.findings if finding.level == "error"}
    excused = {finding: why for finding, why in reasons.items() if why}
    if not excused:
        return playback
    logger.warning("not held against the service: %s", [finding.code for finding in excused])
    return replace(
        playback,
        findings=tuple(finding for finding in playback.findings if finding not in excused),
        unproven="; ".join(dict.fromkeys(excused.values())),
    )


def _why(finding: Finding, playback: Playback) -> str | None:
    if finding.code in _ENDED and playback.log_tail:
        why = why_unproven(refusal_at_the_end(playback.log_tail))
    else:
        why = None if finding.code == "service-silent" else why_unproven(finding.message)
    place = ":".join(str(part) for part in (finding.file, finding.line) if part)
    return f"{place}: {why}" if why and place else why
