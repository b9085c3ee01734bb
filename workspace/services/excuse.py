"""What is no fault of a service: its scratch database lacks an extension that another PostgreSQL has."""

import logging
from dataclasses import replace

from backend_developer.contract import Finding
from backend_developer.workspace.postgres.extensions import why_unproven
from backend_developer.workspace.services.playback import Playback

logger = logging.getLogger(__name__)


def excuse(playback: Playback) -> Playback:
    """The playback without the findings that come of it; why, and where, is kept in `unproven`.

    A service that did not get as far as to listen is judged by the whole end of its log, any other finding by its own
    words, which quote the log of the same request.
    """
    log = "" if playback.url else playback.log_tail
    reasons = {finding: _why(finding, log) for finding in playback.findings if finding.level == "error"}
    excused = {finding: why for finding, why in reasons.items() if why}
    if not excused:
        return playback
    logger.warning("not held against the service: %s", [finding.code for finding in excused])
    return replace(
        playback,
        findings=tuple(finding for finding in playback.findings if finding not in excused),
        unproven="; ".join(dict.fromkeys(excused.values())),
    )


def _why(finding: Finding, log: str) -> str | None:
    why = why_unproven(f"{finding.message}\n{log}")
    place = ":".join(str(part) for part in (finding.file, finding.line) if part)
    return f"{place}: {why}" if why and place else why
