import time
from decimal import Decimal
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from backend_developer.contract import BudgetSpent, Settings
from backend_developer.contract.analysis import Usage
from backend_developer.nodes import budget
from tests.support.fakes import answer

PRICED = Settings(price_in_usd=Decimal(2), price_out_usd=Decimal(10))


@pytest.mark.parametrize(
    ("settings", "used", "name"),
    [
        ({"max_model_calls": 3}, {"calls": 3}, "MAX_MODEL_CALLS"),
        ({"max_tokens": 100}, {"tokens_in": 60, "tokens_out": 40}, "MAX_TOKENS"),
        ({"max_cost_usd": Decimal("0.5")}, {"cost_usd": "0.50"}, "MAX_COST_USD"),
        ({"max_wall_s": 10}, {"began": time.time() - 11}, "MAX_WALL_S"),
    ],
)
def test_each_budget_stops_the_next_call_and_names_its_setting(
    settings: dict[str, Any], used: dict[str, Any], name: str
) -> None:
    with pytest.raises(BudgetSpent, match=f"BACKEND_DEVELOPER_{name}"):
        budget.check(Usage(**used).dump(), Settings(**settings))


def test_below_them_nothing_is_raised() -> None:
    usage = Usage(calls=2, tokens_in=59, tokens_out=40, cost_usd="0.49", began=time.time() - 5)
    settings = Settings(max_model_calls=3, max_tokens=100, max_cost_usd=Decimal("0.5"), max_wall_s=10)
    budget.check(usage.dump(), settings)


def test_usage_adds_up_with_its_cost() -> None:
    usage = Usage(began=5.0).dump()
    for _ in range(3):
        usage = budget.add(usage, answer(tokens=(1_000, 100)), PRICED)
    assert usage["calls"] == 3
    assert (usage["tokens_in"], usage["tokens_out"], usage["last_in"]) == (3_000, 300, 1_000)
    assert Decimal(usage["cost_usd"]) == Decimal("0.009")
    assert usage["began"] == 5.0


def test_tokens_from_the_servers_cache_are_counted() -> None:
    details: Any = {
        "input_tokens": 10,
        "output_tokens": 1,
        "total_tokens": 11,
        "input_token_details": {"cache_read": 8},
    }
    assert budget.add(Usage().dump(), AIMessage("", usage_metadata=details), PRICED)["tokens_cached"] == 8


def test_a_server_that_counts_nothing_still_costs_a_call() -> None:
    before = Usage(calls=1, tokens_in=10, tokens_out=2, last_in=10).dump()
    after = budget.add(before, answer(tokens=None), PRICED)
    assert after == {**before, "calls": 2, "last_in": 0}
