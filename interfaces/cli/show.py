"""`backend-developer show`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

from backend_developer.interfaces.cli.common import Look, here, in_session, prepare
from backend_developer.interfaces.cli.console import put_json, result_console
from backend_developer.interfaces.display.panels import (
    coloured_diff,
    consulted,
    evidence,
    gates_table,
    in_order,
    last_answers,
    report_panel,
    titled,
)
from backend_developer.interfaces.display.text import clean, counted, money, one_line
from backend_developer.interfaces.session import RunRecord


def show_task(task_id: str, workspace: Path | None, as_json: bool, look: Look) -> int:
    """Show all that is known of a run; gives the exit code."""
    folder = here(workspace)
    record = in_session(prepare(look), lambda session: session.show(task_id, folder))
    if as_json:
        put_json(as_plain(record))
    else:
        print_record(record, result_console())
    return 0


def print_record(record: RunRecord, console: Console) -> None:
    """The run in parts, each below its title."""
    for title, body in _parts(record):
        console.print(titled(title, body))


def as_plain(record: RunRecord) -> dict[str, Any]:
    """The run as plain JSON."""
    return {
        "task": record.task.dump(),
        "report": record.report.dump() if record.report else None,
        "gates": {key: gate.dump() for key, gate in record.gates.items()},
        "consulted": [dict(call) for call in record.consulted],
        "usage": dict(record.usage),
        "diff": record.diff,
        "messages": list(record.messages),
    }


def _parts(record: RunRecord) -> Iterator[tuple[str, RenderableType]]:
    yield f"task {record.task.task_id}", Text(clean(record.task.main_task))
    if record.messages:
        yield "conversation", Text("\n".join(one_line(words) for words in record.messages))
    if record.consulted:
        yield "consulted", consulted(record.consulted)
    if record.gates:
        yield "gates", gates_table(in_order(record.gates))
    answers = last_answers(record.gates)
    if answers:
        yield "requests to the running service", evidence(answers)
    yield "diff", coloured_diff(record.diff)
    if record.usage:
        yield "model", Text(_usage(record.usage))
    yield "report", report_panel(record.report) if record.report else Text("unfinished: resume it", style="yellow")


def _usage(usage: Any) -> str:
    sums = f"{usage.get('tokens_in', 0):,} tokens in, {usage.get('tokens_out', 0):,} out"
    return f"{counted(usage.get('calls', 0), 'call')}, {sums}{money(str(usage.get('cost_usd', '')))}"
