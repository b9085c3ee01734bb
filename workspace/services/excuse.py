"""What is no fault of a service: its scratch database lacks an extension that another PostgreSQL has."""

import logging
from dataclasses import replace

from backend_developer.contract import Finding
from backend_developer.workspace.migrations.partial import Gaps, is_absent
from backend_developer.workspace.postgres.extensions import Refusal, refusals
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
    refused = {finding: _refusal(finding, playback) for finding in playback.findings if finding.level == "error"}
    excused = {finding: refusal for finding, refusal in refused.items() if refusal}
    if not excused:
        return playback
    logger.warning("not held against the service: %s", [finding.code for finding in excused])
    return replace(
        playback,
        findings=tuple(finding for finding in playback.findings if finding not in excused),
        unproven="; ".join(dict.fromkeys(_told(finding, refusal) for finding, refusal in excused.items())),
        refused=tuple(dict.fromkeys(excused.values())),
    )


def excuse_gaps(playback: Playback, gaps: Gaps) -> Playback:
    """The playback on a database that its migrations made but for `gaps`.

    What it did right there is proven; what it did wrong is excused where it, or the log, tells of something absent.
    """
    if not gaps.left_out:
        return playback
    wrong = [finding for finding in playback.findings if finding.level == "error"]
    excused = [finding for finding in wrong if is_absent(f"{finding.message}\n{playback.log_tail}")]
    told = [*([playback.unproven] if playback.unproven else []), *([gaps.why] if excused else [])]
    return replace(
        playback,
        findings=tuple(finding for finding in playback.findings if finding not in excused),
        unproven="; ".join(told) or None,
        refused=tuple(dict.fromkeys((*playback.refused, *gaps.refused))),
        partly=f"its database was made {gaps.told}",
    )


def _refusal(finding: Finding, playback: Playback) -> Refusal | None:
    if finding.code in _ENDED and playback.log_tail:
        return refusal_at_the_end(playback.log_tail)
    return None if finding.code == "service-silent" else next(iter(refusals(finding.message)), None)


def _told(finding: Finding, refusal: Refusal) -> str:
    place = ":".join(str(part) for part in (finding.file, finding.line) if part)
    return f"{place}: {refusal.why}" if place else refusal.why
