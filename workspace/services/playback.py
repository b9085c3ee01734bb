"""What came of starting a service and asking it: the evidence that is kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend_developer.contract import Finding
from backend_developer.workspace.postgres.extensions import Refusal

BODY_CHARS = 4_000
_SECRET_HEADERS = {"authorization", "cookie", "set-cookie", "proxy-authorization", "x-api-key"}
_SHOWN_HEADERS = {"allow", "content-type", "location", "retry-after", "www-authenticate", *_SECRET_HEADERS}


@dataclass(frozen=True, slots=True)
class Answer:
    """One request and its answer."""

    number: int
    """Of the check, from 1."""
    method: str
    path: str
    sent: Any
    """The JSON of the request; None where it had none."""
    expected: Mapping[str, Any]
    status: int | None = None
    """None where no answer came."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    ms: int = 0
    fault: str | None = None
    """What is not as expected."""

    @property
    def request(self) -> str:
        """The request on one line."""
        body = "" if self.sent is None else f" with {_short(json.dumps(self.sent, ensure_ascii=False), 200)}"
        return storable(f"{self.method} {self.path}{body}")

    def dump(self) -> dict[str, Any]:
        """As plain JSON, the body and what was sent bounded, without secrets in headers."""
        sent = storable(json.dumps(self.sent, ensure_ascii=False))
        return {
            "method": self.method,
            "path": storable(self.path),
            "sent": json.loads(sent) if len(sent) <= BODY_CHARS else _short(sent, BODY_CHARS),
            "expected": dict(self.expected),
            "status": self.status,
            "headers": shown_headers(self.headers),
            "body": _short(self.body, BODY_CHARS),
            "ms": self.ms,
            "ok": self.fault is None,
            "fault": self.fault and storable(self.fault),
        }


@dataclass(frozen=True, slots=True)
class Playback:
    """A service's life from its start to its stop."""

    command: str
    findings: tuple[Finding, ...] = ()
    answers: tuple[Answer, ...] = ()
    url: str | None = None
    """Where it listened; None where it did not."""
    ready_s: float | None = None
    exit_code: int | None = None
    log: Path | None = None
    log_tail: str = ""
    migrated: tuple[str, ...] = ()
    """The plain SQL migrations that were applied before it started."""
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    """The extensions of its database that were stood in for, see `workspace.postgres.stand_ins`."""
    unproven: str | None = None
    """What could not be tried, since our server lacks an extension, and why."""
    refused: tuple[Refusal, ...] = ()
    """What of extensions it lacks."""
    partly: str | None = None
    """What its database was made without, for the same reason."""

    def evidence(self) -> dict[str, Any]:
        """As plain JSON, for the gate's result."""
        return {
            "command": self.command,
            "url": self.url,
            "ready_s": self.ready_s,
            "migrated": list(self.migrated),
            "stand_ins": dict(self.stand_ins),
            "unproven": self.unproven,
            "partly": self.partly,
            "answers": [answer.dump() for answer in self.answers],
            "log_tail": self.log_tail,
        }

    def describe(self) -> str:
        """As text for the model: what was asked, what came back, what is wrong, what the log says."""
        ready = f"ready after {self.ready_s:.1f} s" if self.ready_s is not None else "did not get ready"
        lines = [f"{self.command}\n{ready}"]
        if self.migrated:
            lines.append(f"applied to its database before it started: {', '.join(self.migrated)}")
        if self.partly:
            lines.append(self.partly)
        if self.unproven:
            lines.append(f"not a fault of the service: {self.unproven}")
        for answer in self.answers:
            verdict = f"NOT as expected: {answer.fault}" if answer.fault else "as expected"
            lines.append(
                f"{answer.number}. {answer.request} -> {answer.status or 'no answer'}, {answer.ms} ms, {verdict}"
            )
            if answer.body:
                lines.append(f"   {_short(answer.body, 1_000)}")
        lines += [
            f"{finding.level}: {finding.message}" for finding in self.findings if finding.code != "answer-unexpected"
        ]
        return "\n".join([*lines, "log, last lines:", self.log_tail or "(empty)"])


def storable(text: str) -> str:
    """The text without what PostgreSQL and msgpack refuse: NUL and half surrogate pairs."""
    return text.encode("utf-8", errors="replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that help to understand an answer; a secret only shows that it was there."""
    return {
        name.lower(): "***" if name.lower() in _SECRET_HEADERS else value
        for name, value in headers.items()
        if name.lower() in _SHOWN_HEADERS
    }


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit} more characters)"
