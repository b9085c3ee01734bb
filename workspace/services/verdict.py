"""From what a service did to findings: what blocks, what is only told, and where in the project it stands."""

from collections.abc import Iterable, Sequence

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.services.playback import Answer, storable
from backend_developer.workspace.services.service_log import LogFault

SOURCE = "runtime"
MAX_LOG_FINDINGS = 10
MESSAGE_CHARS = 1_500


def fault(code: str, message: str, place: LogFault | None = None, *, warning: bool = False) -> Finding:
    """A finding of this gate, at the place that the log names."""
    return Finding(
        source=SOURCE,
        code=code,
        message=storable(message[:MESSAGE_CHARS]),
        file=place.file if place else None,
        line=place.line if place else None,
        level="warning" if warning else "error",
    )


def failed_start(code: str, message: str, faults: Sequence[LogFault], log_tail: str) -> Finding:
    """The service did not get as far as to be asked: with the last crash of its log and the log's end."""
    crash = next((found for found in reversed(faults) if found.kind == "crash"), None)
    cause = f"; the log says {_quote(crash)}" if crash else ""
    end = "\n".join(log_tail.splitlines()[-20:])
    return fault(code, f"{message}{cause}. Its log ends with:\n{end or '(empty)'}", crash)


def judge_answers(answers: Iterable[Answer], faults: Sequence[LogFault]) -> list[Finding]:
    """Each answer that is not as expected, with the crash that was logged meanwhile."""
    return [_unexpected(answer, _crash_during(answer, faults)) for answer in answers if answer.fault]


def _unexpected(answer: Answer, crash: LogFault | None) -> Finding:
    cause = f"; the log says {_quote(crash)}" if crash else ""
    return fault("answer-unexpected", f"check {answer.number}: {answer.request}: {answer.fault}{cause}", crash)


def _crash_during(answer: Answer, faults: Sequence[LogFault]) -> LogFault | None:
    return next((found for found in faults if found.kind == "crash" and found.phase == answer.number - 1), None)


def judge_log(faults: Sequence[LogFault], answers: Sequence[Answer]) -> list[Finding]:
    """What the log holds against the service, once for each place.

    A crash is an error, even where every answer was right. A line at level ERROR is one while a request was answered;
    while the service started or stopped it is a warning, since there is no baseline that tells old ones from new.
    Both are warnings during a check that expected a refusal (400 and above) and got it: to log a refusal is right.
    Crashes that explain a wrong answer are told with that answer.
    """
    by_phase = {answer.number - 1: answer for answer in answers}
    findings: dict[tuple[str, str, str | None, str], Finding] = {}
    for found in faults:
        answer = by_phase.get(found.phase)
        if found.kind == "crash" and answer is not None and answer.fault:
            continue
        finding = _logged(found, answer)
        findings.setdefault(finding.fingerprint(), finding)
    return list(findings.values())[:MAX_LOG_FINDINGS]


def _logged(found: LogFault, answer: Answer | None) -> Finding:
    refused = answer is not None and answer.fault is None and (answer.status or 0) >= 400
    during = f"during {answer.method} {answer.path}" if answer else "while no request was answered"
    if found.kind == "crash":
        return fault("traceback", f"the log has a traceback {during}: {_quote(found)}", found, warning=refused)
    message = f"the log has an error {during}: {found.message}"
    return fault("error-logged", message, found, warning=refused or answer is None)


def judge_stop(outcome: Outcome) -> list[Finding]:
    """A service that must be killed is only warned of: there is no baseline that says whether it always was so."""
    if not outcome.killed:
        return []
    message = f"{outcome.killed} of its processes did not end on TERM within 2 s and were killed"
    return [fault("ignored-term", message, warning=True)]


def _quote(found: LogFault) -> str:
    place = f" at {found.file}:{found.line}" if found.file else ""
    return f"{found.message[:400]}{place}"
