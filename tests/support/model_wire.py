"""Chat completions as OpenAI writes them: one JSON object, or a stream of server-sent events."""

import json
from typing import Any

from tests.support.model_script import Reply, Request

PIECE = 24
"""Characters of content or arguments in one streamed chunk."""


def completion(reply: Reply, request: Request) -> bytes:
    """The answer in one piece."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.content or None, "refusal": None}
    if reply.tool_calls:
        message["tool_calls"] = [_tool_call(reply, request, index) for index in range(len(reply.tool_calls))]
    choice = {"index": 0, "message": message, "finish_reason": reply.finish, "logprobs": None}
    answer = {**_frame(request, "chat.completion"), "choices": [choice]}
    if reply.usage:
        answer["usage"] = usage(reply, request)
    return json.dumps(answer).encode()


def events(reply: Reply, request: Request) -> bytes:
    """The answer as server-sent events; the usage in a chunk of its own, where it was asked for."""
    frame = _frame(request, "chat.completion.chunk")
    chunks = [_chunk(frame, {"role": "assistant", "content": ""})]
    chunks += [_chunk(frame, {"content": piece}) for piece in _pieces(reply.content)]
    for index, one in enumerate(reply.tool_calls):
        head = _tool_call(reply, request, index) | {"index": index}
        chunks.append(_chunk(frame, {"tool_calls": [head | {"function": {"name": one.name, "arguments": ""}}]}))
        for piece in _pieces(one.text):
            chunks.append(_chunk(frame, {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}))
    chunks.append(_chunk(frame, {}, finish=reply.finish))
    if reply.usage and (request.body.get("stream_options") or {}).get("include_usage"):
        chunks.append({**frame, "choices": [], "usage": usage(reply, request)})
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    return "".join([*lines, "data: [DONE]\n\n"]).encode()


def usage(reply: Reply, request: Request) -> dict[str, int]:
    """Four characters a token, roughly what the real ones count."""
    tokens_in = request.size // 4
    tokens_out = 1 + (len(reply.content) + sum(len(one.name) + len(one.text) for one in reply.tool_calls)) // 4
    return {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out}


def _frame(request: Request, kind: str) -> dict[str, Any]:
    model = request.body.get("model", "")
    return {"id": f"chatcmpl-{request.turn}", "object": kind, "created": 1767225600, "model": model}


def _chunk(frame: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {**frame, "choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]}


def _tool_call(reply: Reply, request: Request, index: int) -> dict[str, Any]:
    one = reply.tool_calls[index]
    identity = f"call_{request.forced or 'loop'}_{request.turn}_{index}"
    return {"id": identity, "type": "function", "function": {"name": one.name, "arguments": one.text}}


def _pieces(text: str) -> list[str]:
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
