"""Node `load_skills`: the user's table of languages and skills, by code.

Reads `analysis`; the languages and frameworks come from the project's files. Writes `skills`.
A skill that is broken is named on the run's stream and in the log, and passed over. With the skills goes what earlier
runs learned about the project (`learned`), where there is a store.
"""

import logging
from itertools import zip_longest
from typing import Any

from langgraph.runtime import Runtime

from backend_developer.contract.analysis import Analysis
from backend_developer.contract.state import State
from backend_developer.nodes.context import Context
from backend_developer.nodes.learned import recall

logger = logging.getLogger(__name__)

TABLE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("django", ("django-expert", "python-testing-patterns", "async-python-patterns")),
    ("python", ("async-python-patterns", "python-testing-patterns", "python-performance-optimization")),
    ("typescript", ("typescript-advanced-types", "typescript-review", "typescript-write")),
    ("go", ("go-concurrency-patterns",)),
    ("rust", ("rust-async-patterns", "handling-rust-errors", "memory-safety-patterns", "cargo-fuzz")),
    ("csharp", ("dotnet-backend-patterns",)),
    ("database", ("postgresql-table-design", "senior-data-engineer")),
    ("rag", ("rag-implementation", "embedding-strategies")),
    ("api", ("designing-apis", "auth-implementation-patterns", "microservices-patterns")),
    ("performance", ("optimizing-performance", "file-sizes")),
    (
        "general",
        (
            "code-standards",
            "error-handling-patterns",
            "security-compliance",
            "architecture-patterns",
            "continuous-learning",
        ),
    ),
)
"""The user's table."""

NOTICES = 10
ALWAYS = frozenset({"general"})


async def load_skills(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    """Choose the skills and fit their cores into the budget; what does not fit is listed by name."""
    context = runtime.context
    analysis = Analysis.model_validate(state["analysis"])
    names = choose(topics(analysis, [*context.profile.languages, *context.profile.frameworks]))
    loaded, listed = context.skills.fit(names, context.settings.skill_tokens)
    for fault in context.skills.broken[:NOTICES]:
        runtime.stream_writer({"event": "notice", "text": fault})
    learned = await recall(runtime.store or context.store, context.workspace.root)
    logger.info("loaded %s; listed %s; learned %d lines", loaded, listed, len(learned))
    return {"skills": {"loaded": loaded, "listed": listed, "learned": learned}}


def topics(analysis: Analysis, detected: list[str]) -> set[str]:
    """The rows of the table that apply: detected languages and frameworks, and the analysis' topics."""
    rows = {name.casefold() for name in detected} | ALWAYS
    if "javascript" in rows:
        rows.add("typescript")
    for topic in ("database", "rag", "api", "performance"):
        if getattr(analysis, topic):
            rows.add(topic)
    return rows


def choose(rows: set[str]) -> list[str]:
    """The skills of these rows, each once: the first of each row, then the second of each, in the table's order.

    What comes first finds room in the prompt, so every row is heard before any has its second word.
    """
    chosen = [names for row, names in TABLE if row in rows]
    rounds = zip_longest(*chosen)
    return list(dict.fromkeys(name for one in rounds for name in one if name is not None))
