"""The budgets of a task: model calls, tokens, cost, wall time."""

import time
from decimal import Decimal
from typing import Any

from langchain_core.messages import AIMessage

from backend_developer.contract import BudgetSpent, Settings
from backend_developer.contract.analysis import Usage
from backend_developer.contract.events import ModelEvent
from backend_developer.contract.state import State

MILLION = Decimal(1_000_000)


USED = "used"
"""Where an answer of the write loop carries the usage so far, in its metadata.

A channel of its own would cost each turn two rows in the database, a fifth of all that a turn stores.
"""


def of(state: State) -> dict[str, Any]:
    """The usage so far: what the last answer carries, else what the nodes before the loop wrote."""
    began = state["usage"]["began"]
    for message in reversed(state.get("messages") or []):
        if USED in message.response_metadata:
            return Usage(**{**message.response_metadata[USED], "began": began}).dump()
    return state["usage"]


def carried(answer: AIMessage, usage: dict[str, Any]) -> AIMessage:
    """The answer with the usage so far; only what is not nought."""
    used = Usage.model_validate(usage).model_dump(mode="json", exclude_defaults=True, exclude={"began"})
    return answer.model_copy(update={"response_metadata": {**answer.response_metadata, USED: used}})


def check(usage: dict[str, Any], settings: Settings) -> None:
    """Raise `BudgetSpent` where the next model call would go over a budget."""
    used = Usage.model_validate(usage)
    spent = time.time() - used.began if used.began else 0.0
    tokens = used.tokens_in + used.tokens_out
    over = [
        (used.calls >= settings.max_model_calls, f"{used.calls} model calls", "MAX_MODEL_CALLS"),
        (tokens >= settings.max_tokens, f"{tokens} tokens", "MAX_TOKENS"),
        (spent >= settings.max_wall_s, f"{spent:.0f} s", "MAX_WALL_S"),
        (
            settings.max_cost_usd is not None and Decimal(used.cost_usd) >= settings.max_cost_usd,
            f"{used.cost_usd} USD",
            "MAX_COST_USD",
        ),
    ]
    for is_over, amount, name in over:
        if is_over:
            raise BudgetSpent(
                f"The task's budget is spent: {amount}.",
                f"Raise BACKEND_DEVELOPER_{name} and resume, or make the task smaller.",
            )


def add(usage: dict[str, Any], answer: AIMessage, settings: Settings) -> dict[str, Any]:
    """The usage after this answer."""
    used = Usage.model_validate(usage)
    meta = answer.usage_metadata
    tokens_in, tokens_out = (meta["input_tokens"], meta["output_tokens"]) if meta else (0, 0)
    cached = (meta.get("input_token_details") or {}).get("cache_read", 0) if meta else 0
    cost = (tokens_in * settings.price_in_usd + tokens_out * settings.price_out_usd) / MILLION
    return used.model_copy(
        update={
            "calls": used.calls + 1,
            "tokens_in": used.tokens_in + tokens_in,
            "tokens_cached": used.tokens_cached + (cached or 0),
            "tokens_out": used.tokens_out + tokens_out,
            "cost_usd": str(Decimal(used.cost_usd) + cost),
            "last_in": tokens_in,
        }
    ).dump()


def event(usage: dict[str, Any], model: str, purpose: str) -> ModelEvent:
    """What the live view shows of it."""
    return {
        "event": "model",
        "purpose": purpose,
        "model": model,
        "calls": usage["calls"],
        "tokens_in": usage["tokens_in"],
        "tokens_out": usage["tokens_out"],
        "cost_usd": usage["cost_usd"],
    }
