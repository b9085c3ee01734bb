"""A view as a picture: pure, so that a terminal and a notebook draw the same one."""

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backend_developer.contract import GATES
from backend_developer.interfaces.display.text import counted, money, one_line, seconds
from backend_developer.interfaces.display.view import GateRow, NodeRow, Phase, ToolRow, View

PHASES: dict[Phase, tuple[str, str]] = {
    "waiting": ("○", "dim"),
    "running": ("●", "bold yellow"),
    "done": ("✓", "green"),
}
GATE_MARKS: dict[str | None, tuple[str, str]] = {
    None: ("●", "bold yellow"),
    "pass": ("✓", "green"),
    "fail": ("✗", "bold red"),
    "skip": ("–", "dim"),
    "error": ("!", "bold magenta"),
}
STATUS_STYLES = {"success": "bold green", "failed": "bold red", "blocked": "bold magenta"}


def render(view: View) -> RenderableType:
    """The whole live view; it fits from 60 columns up."""
    parts: list[RenderableType] = [_header(view), _nodes(view)]
    if view.gates:
        parts.append(_gates(view))
    parts.extend(_tool(row) for row in view.tools)
    if view.usage.calls:
        parts.append(_usage(view))
    parts.extend(Text(f"note: {one_line(notice)}", style="yellow") for notice in view.notices)
    return Group(*parts)


def gate_cell(row: GateRow) -> Text:
    """A gate in one attempt: mark, findings where it is red, time."""
    mark, style = GATE_MARKS.get(row.status, ("?", "yellow"))
    if row.status is None:
        return Text(mark, style=style)
    if row.status == "fail":
        return Text(f"{mark} {counted(row.findings, 'finding')}", style=style)
    if row.status == "skip":
        return Text(f"{mark} skipped", style=style)
    return Text(f"{mark} {seconds(row.duration_s)}", style=style)


def _header(view: View) -> Text:
    line = Text(one_line(view.title, 64), style="bold", overflow="fold")
    if view.attempt:
        line.append(f"  attempt {view.attempt} of {view.attempts}", style="cyan")
    line.append(f"  {seconds(view.elapsed_s)}", style="dim")
    if view.report is not None:
        status = str(view.report["status"])
        line.append(f"  {status}", style=STATUS_STYLES.get(status, "bold"))
    return line


def _nodes(view: View) -> RenderableType:
    return Columns([_node(name, row) for name, row in view.nodes.items()], padding=(0, 2))


def _node(name: str, row: NodeRow) -> Text:
    mark, style = PHASES[row.phase]
    text = f"{mark} {name}"
    if row.detail and row.phase == "running":
        text += f" ({one_line(row.detail, 40)})"
    return Text(text, style=style)


def _gates(view: View) -> Table:
    attempts = sorted({attempt for attempt, _ in view.gates})
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("gates")
    for attempt in attempts:
        table.add_column("before" if attempt == 0 else f"attempt {attempt}")
    names = [*GATES, *sorted({gate for _, gate in view.gates} - set(GATES))]
    for name in names:
        rows = [view.gates.get((attempt, name)) for attempt in attempts]
        table.add_row(name, *(gate_cell(row) if row else Text("") for row in rows))
    return table


def _tool(row: ToolRow) -> Text:
    mark, style = ("✓", "dim") if row.ok else ("✗", "red")
    words = f"{mark} {seconds(row.duration_s)} {one_line(row.name, 40)} {one_line(row.target)}"
    return Text(words, style=style, no_wrap=True, overflow="ellipsis")


def _usage(view: View) -> Text:
    usage = view.usage
    sums = (
        f"{one_line(usage.model, 60)}: {counted(usage.calls, 'call')}, {usage.tokens_in:,} tokens in, "
        f"{usage.tokens_out:,} out{money(usage.cost_usd)}, {counted(view.tool_calls, 'tool call')}"
    )
    return Text(sums, style="cyan", overflow="fold")
