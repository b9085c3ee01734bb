"""What the scripted model says: replies, and the script that picks one for a request.

    script = Script([call("read", path="a.py"), [fail(429, retry_after=0.01), say("done")]])

A reply is matched by the turn of the conversation (how many assistant messages it holds) and by the forced tool, so
a run that was killed and resumed gets the answer that it would have got undisturbed.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Behaviour = Literal["answer", "hang", "trickle", "cut"]


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call; `arguments` as text is sent as it is, so that it can be broken JSON."""

    name: str
    arguments: Mapping[str, Any] | str

    @property
    def text(self) -> str:
        if isinstance(self.arguments, str):
            return self.arguments
        return json.dumps(self.arguments, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the model, or one way in which its server fails."""

    content: str = ""
    tool_calls: tuple[Call, ...] = ()
    finish_reason: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """Sent instead of a completion."""
    content_type: str = "application/json"
    behaviour: Behaviour = "answer"
    pause_s: float = 0.0
    """Before the answer, or between the bytes of a trickle."""
    usage: bool = True

    @property
    def finish(self) -> str:
        return self.finish_reason or ("tool_calls" if self.tool_calls else "stop")


def say(text: str, *, finish_reason: str = "stop", usage: bool = True) -> Reply:
    """Plain text; `say("")` is the empty answer."""
    return Reply(content=text, finish_reason=finish_reason, usage=usage)


def call(name: str, /, **arguments: Any) -> Reply:
    """One tool call."""
    return Reply(tool_calls=(Call(name, arguments),))


def calls(each: Sequence[Reply], *, text: str = "") -> Reply:
    """Several tool calls in one answer: `calls([call("read", path="a"), call("read", path="b")])`."""
    return Reply(content=text, tool_calls=tuple(one for reply in each for one in reply.tool_calls))


def broken_call(name: str, arguments: str, *, finish_reason: str = "length") -> Reply:
    """A tool call whose arguments are this text, such as JSON that was cut short."""
    return Reply(tool_calls=(Call(name, arguments),), finish_reason=finish_reason)


def fail(status: int, message: str = "scripted failure", *, code: str = "", retry_after: float | None = None) -> Reply:
    """An HTTP error in the form in which OpenAI sends it."""
    error = {"message": message, "type": "scripted", "param": None, "code": code or None}
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return Reply(status=status, headers=headers, body=json.dumps({"error": error}).encode())


def too_long() -> Reply:
    """The conversation does not fit the model."""
    return fail(400, "This model's maximum context length is 8192 tokens.", code="context_length_exceeded")


def garbage(body: str = "<html><body>Bad gateway</body></html>", *, content_type: str = "text/html") -> Reply:
    """Status 200 and a body that is no completion."""
    return Reply(body=body.encode(), content_type=content_type)


def hang() -> Reply:
    """Never answers."""
    return Reply(behaviour="hang")


def trickle(reply: Reply, *, pause_s: float = 0.05) -> Reply:
    """The answer byte by byte, so that no read ever times out."""
    return replace(reply, behaviour="trickle", pause_s=pause_s)


def cut(reply: Reply) -> Reply:
    """Half of the answer, then the connection closes."""
    return replace(reply, behaviour="cut")


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    size: int
    """Bytes of the body."""
    arrived: float
    """`time.perf_counter()`."""

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.body.get("messages", ()))

    @property
    def turn(self) -> int:
        """How many times the model has spoken in this conversation."""
        return sum(message["role"] == "assistant" for message in self.body.get("messages", ()))

    @property
    def forced(self) -> str:
        """The tool that must be called; empty where the model may choose."""
        choice = self.body.get("tool_choice")
        return str(choice["function"]["name"]) if isinstance(choice, Mapping) else ""


Step = Reply | Sequence[Reply]
"""A reply, or the replies to successive requests of the same turn; the last one repeats."""

Steps = Sequence[Step] | Mapping[str, Sequence[Step]] | Callable[[Request], Reply]
"""Steps by turn; or for each forced tool (empty: not forced) its own steps; or a function."""


class Script:
    """Picks the reply to a request."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._asked: Counter[tuple[str, int]] = Counter()

    def reply(self, request: Request) -> Reply:
        """A request beyond the script is refused, so that the run under test ends at once and says why."""
        if callable(self._steps):
            return self._steps(request)
        steps = self._steps.get(request.forced, ()) if isinstance(self._steps, Mapping) else self._steps
        turn = request.turn
        if turn >= len(steps):
            what = f"forced tool {request.forced!r}" if request.forced else "the loop"
            return fail(400, f"the script has {len(steps)} replies for {what}; turn {turn} was asked")
        step = steps[turn]
        if isinstance(step, Reply):
            return step
        nth = self._asked[request.forced, turn]
        self._asked[request.forced, turn] += 1
        return step[min(nth, len(step) - 1)]


def load_steps(raw: Any) -> Steps:
    """Steps from JSON: a list, or an object from forced tool to list.

    A step is an object with the fields of `Reply` (`content`, `tool_calls: [{name, arguments}]`, `status`, `headers`,
    `behaviour`, ...; `body` as text), or a list of them.
    """
    if isinstance(raw, dict):
        return {name: [_load_step(step) for step in steps] for name, steps in raw.items()}
    return [_load_step(step) for step in raw]


def _load_step(raw: Any) -> Step:
    return [_load_reply(one) for one in raw] if isinstance(raw, list) else _load_reply(raw)


def _load_reply(raw: dict[str, Any]) -> Reply:
    fields = dict(raw)
    if "tool_calls" in fields:
        fields["tool_calls"] = tuple(Call(one["name"], one.get("arguments", {})) for one in fields["tool_calls"])
    if "body" in fields:
        fields["body"] = fields["body"].encode()
    return Reply(**fields)
