"""How states are written down: msgpack, and only what comes back as it went in."""

from collections.abc import Iterable, Mapping
from typing import Any

from langchain_core.messages import BaseMessage
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from backend_developer.contract import Report, Task

_PLAIN = (str, int, float, bool, type(None), BaseMessage, Task, Report, BaseException)


class Serializer(JsonPlusSerializer):
    """Msgpack that takes only what comes back as it went in: plain JSON, messages, a task, a report, langgraph's own.

    langgraph's own serializer stores any class, and on the way back turns it into a `dict` with a warning at most.
    """

    def __init__(self) -> None:
        super().__init__(allowed_msgpack_modules=[Task, Report])

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        """The bytes of a value. Raises `TypeError` for what would not come back."""
        for leaf in _leaves(obj):
            if not isinstance(leaf, _PLAIN) and not type(leaf).__module__.startswith("langgraph."):
                raise TypeError(f"the state holds plain JSON and messages only, not {type(leaf).__qualname__}")
        return super().dumps_typed(obj)


def _leaves(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for part in value:
            yield from _leaves(part)
    else:
        yield value
