"""The result of a run in parts: diff, gates, requests and answers, report."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from backend_developer.contract import GateResult, Report
from backend_developer.contract.findings import Fault
from backend_developer.interfaces.display.render import STATUS_STYLES, gate_cell
from backend_developer.interfaces.display.text import clean, one_line
from backend_developer.interfaces.display.view import GateRow

BODY_CHARS = 300

_DIFF_STYLES = (
    ("+++", "bold"),
    ("---", "bold"),
    ("diff ", "bold"),
    ("@@", "cyan"),
    ("+", "green"),
    ("-", "red"),
)


def titled(title: str, body: RenderableType) -> RenderableType:
    """`body` below a rule with its title."""
    return Group(Rule(title, align="left", style="dim"), body)


def coloured_diff(diff: str) -> RenderableType:
    """A unified diff; long lines are folded, not cut."""
    if not diff.strip():
        return Text("no file is changed", style="dim")
    picture = Text(overflow="fold")
    for line in clean(diff).splitlines(keepends=True):
        picture.append(line, style=_diff_style(line))
    picture.rstrip()
    return picture


def gates_table(gates: Iterable[GateResult]) -> RenderableType:
    """Each gate's result with what was run and what blocks."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("attempt", justify="right")
    table.add_column("gate")
    table.add_column("result")
    table.add_column("what was run, and what it found", overflow="fold", ratio=1)
    for gate in gates:
        cell = gate_cell(GateRow(gate.status, gate.duration_s, len(gate.errors), gate.reason or ""))
        table.add_row(str(gate.attempt or "before"), gate.gate, cell, _gate_details(gate))
    return table


def evidence(answers: Iterable[Mapping[str, Any]]) -> RenderableType:
    """The requests that were played on the running service, and its answers.

    Each is as the runtime gate keeps it: `method`, `path`, `sent`, `status`, `body`, `ms`, whether it
    was as expected (`ok`), and what was not (`fault`).
    """
    lines = [_exchange(answer) for answer in answers]
    return Group(*lines) if lines else Text("no request was played", style="dim")


def consulted(calls: Iterable[Mapping[str, Any]]) -> RenderableType:
    """The calls to MCP servers: what was asked, and who answered."""
    return Group(*map(_call, calls))


def in_order(gates: Mapping[str, GateResult]) -> list[GateResult]:
    """A run's gates by attempt."""
    return sorted(gates.values(), key=lambda gate: gate.attempt)


def last_answers(gates: Mapping[str, GateResult]) -> list[dict[str, Any]]:
    """The requests and answers of the last runtime gate that played any, as `evidence` shows them."""
    played = [gate for gate in in_order(gates) if gate.gate == "runtime" and gate.evidence.get("answers")]
    return list(played[-1].evidence["answers"]) if played else []


def report_panel(report: Report) -> RenderableType:
    """The report as a person reads it."""
    parts = [Text(report.status, style=STATUS_STYLES[report.status])]
    parts += [Text(f"  {clean(path)}") for path in report.files_changed]
    parts += [_fault(fault) for fault in report.errors]
    parts.append(Text(f"next: {one_line(report.next_action, 2_000)}", overflow="fold"))
    return Group(*parts)


def _diff_style(line: str) -> str:
    return next((style for start, style in _DIFF_STYLES if line.startswith(start)), "")


def _gate_details(gate: GateResult) -> Text:
    lines = [_fault(finding) for finding in gate.errors]
    if gate.reason:
        lines.insert(0, Text(one_line(gate.reason, 500), style="yellow"))
    if gate.command:
        lines.insert(0, Text(one_line(gate.command, 500), style="dim"))
    return Text("\n", overflow="fold").join(lines)


def _fault(fault: Fault) -> Text:
    place = ":".join(str(part) for part in (fault.file, fault.line) if part)
    text = Text(overflow="fold").append(f"{clean(place)} " if place else "", style="bold")
    text.append(f"{one_line(fault.message, 500)} ", style="red")
    return text.append(f"[{clean(fault.source)} {clean(fault.code)}]", style="dim")


def _exchange(answer: Mapping[str, Any]) -> Text:
    mark, style = ("✗", "bold red") if answer.get("ok") is False else ("✓", "green")
    request = f"{answer.get('method', '?')} {one_line(str(answer.get('path', '?')))}"
    text = Text(overflow="fold").append(f"{mark} {request}", style=style)
    if answer.get("sent") is not None:
        text.append(f" {_body(answer['sent'])}", style="dim")
    text.append(f"\n  → {answer.get('status') or 'no answer'} ", style="bold")
    text.append(_body(answer.get("body", "")))
    if answer.get("ms") is not None:
        text.append(f"  {answer['ms']:.0f} ms", style="dim")
    if answer.get("fault"):
        text.append(f"\n  {one_line(str(answer['fault']), 500)}", style="red")
    return text


def _call(call: Mapping[str, Any]) -> Text:
    mark, style = ("✓", "green") if call.get("ok") else ("✗", "bold red")
    asked = json.dumps(call.get("arguments", {}), ensure_ascii=False)
    text = Text(overflow="fold").append(f"{mark} {clean(str(call.get('server')))} ", style=style)
    text.append(one_line(f"{call.get('tool')}({asked})"))
    who = call.get("answered_by") or one_line(str(call.get("answer", "")), 200) or "nobody answered"
    return text.append(f"  {clean(str(who))}, {call.get('ms', 0)} ms", style="dim")


def _body(body: object) -> str:
    plain = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return one_line(plain, BODY_CHARS)
