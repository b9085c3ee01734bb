"""Sending the checks to the running service, one after another."""

import asyncio
import json
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import httpx2

from backend_developer.contract import CallFailed
from backend_developer.workspace.services.checks import Check, Expect
from backend_developer.workspace.services.playback import Answer, storable
from backend_developer.workspace.services.references import NO_JSON, fill, fill_text

logger = logging.getLogger(__name__)

REQUEST_S = 15.0
BODY_BYTES = 1_000_000
_FORM = "application/x-www-form-urlencoded"


class Watch(Protocol):
    """Looks at the service while it is asked."""

    def alive(self) -> bool:
        """Whether it still runs."""
        ...

    async def before(self) -> None:
        """Called before each request."""
        ...

    async def after(self, answer: Answer) -> None:
        """Called after each answer."""
        ...


async def play_checks(url: str, checks: Sequence[Check], watch: Watch) -> list[Answer]:
    """Send each check and judge its answer, as long as the service is alive."""
    answers: list[Answer] = []
    values: list[Any] = []
    async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=REQUEST_S, follow_redirects=False) as client:
        for number, check in enumerate(checks, start=1):
            if not watch.alive():
                break
            await watch.before()
            answers.append(answer := await _play(client, number, check, values))
            values.append(_json(answer.body))
            await watch.after(answer)
            logger.info("%s %s status=%s ms=%d", answer.method, answer.path, answer.status, answer.ms)
    return answers


async def _play(client: httpx2.AsyncClient, number: int, check: Check, values: Sequence[Any]) -> Answer:
    try:
        check = _filled(check, values)
    except CallFailed as error:
        return _answer(number, check, fault=str(error))
    began = time.perf_counter()
    try:
        async with asyncio.timeout(REQUEST_S):
            status, headers, body = await _send(client, check)
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, UnicodeError) as error:
        return _answer(number, check, fault=f"no answer came: {_reason(error)}", ms=_ms(began))
    return _answer(
        number,
        check,
        status=status,
        headers=headers,
        body=body,
        ms=_ms(began),
        fault=_judge(check.expect, status, body),
    )


async def _send(client: httpx2.AsyncClient, check: Check) -> tuple[int, Mapping[str, str], str]:
    request = client.build_request(check.method, check.path, headers=check.headers, **_payload(check))
    response = await client.send(request, stream=True)
    try:
        body = await _read_some(response)
    finally:
        await response.aclose()
    encoding = response.charset_encoding or "utf-8"
    return response.status_code, dict(response.headers), _decode(body, encoding)


async def _read_some(response: httpx2.Response) -> bytes:
    """The body, or of one that is too long or does not end (server-sent events) what came first."""
    body = bytearray()
    try:
        async with asyncio.timeout(REQUEST_S / 3):
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > BODY_BYTES:
                    break
    except TimeoutError:
        logger.warning("the body did not end; bytes=%d", len(body))
    return bytes(body[:BODY_BYTES])


def _payload(check: Check) -> dict[str, Any]:
    if not check.has_body:
        return {}
    kind = next((value for name, value in check.headers.items() if name.lower() == "content-type"), "")
    if kind.startswith(_FORM) and isinstance(check.body, dict):
        return {"data": check.body}
    return {"json": check.body}


def _filled(check: Check, values: Sequence[Any]) -> Check:
    contains = check.expect.contains
    changes: dict[str, Any] = {
        "path": fill_text(check.path, values),
        "headers": {name: fill_text(value, values) for name, value in check.headers.items()},
        "expect": check.expect.model_copy(update={"contains": contains and fill_text(contains, values)}),
    }
    if check.has_body:
        changes["body"] = fill(check.body, values)
    return check.model_copy(update=changes)


def _judge(expect: Expect, status: int, body: str) -> str | None:
    if status != expect.status:
        return f"expected {expect.status}, got {status}: {body[:300] or '(no body)'}"
    if expect.contains is not None and not _contains(body, expect.contains):
        return f"status {status} is right, but the body does not contain {expect.contains!r}: {body[:300]}"
    return None


def _contains(body: str, text: str) -> bool:
    """Whether a text stands in the body as it came, or in its JSON however that is spaced and escaped."""
    if text in body:
        return True
    value = _json(body)
    if value is NO_JSON:
        return False
    spaced = json.dumps(value, ensure_ascii=False)
    compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text in spaced or text in compact


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return NO_JSON


def _decode(body: bytes, encoding: str) -> str:
    try:
        text = body.decode(encoding, errors="replace")
    except LookupError:
        text = body.decode("utf-8", errors="replace")
    return storable(text)


def _reason(error: Exception) -> str:
    if isinstance(error, httpx2.TimeoutException | TimeoutError):
        return f"nothing within {REQUEST_S:g} s"
    return str(error) or type(error).__name__


def _ms(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


def _answer(number: int, check: Check, **got: Any) -> Answer:
    return Answer(
        number=number,
        method=check.method,
        path=check.path,
        sent=check.body,
        expected=check.expect.model_dump(exclude_none=True),
        **got,
    )
