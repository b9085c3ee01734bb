"""`backend-developer doctor`."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from backend_developer.interfaces.cli.common import Look, prepare
from backend_developer.interfaces.cli.console import put_json, result_console
from backend_developer.interfaces.cli.failures import EXIT_BLOCKED
from backend_developer.interfaces.cli.process import drive
from backend_developer.interfaces.display.text import clean
from backend_developer.interfaces.doctor import Check, examine
from backend_developer.interfaces.doctor.check import fit

MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "missing": ("–", "dim")}
ESSENTIAL_MISSING = ("✗", "bold red")


def run_doctor(as_json: bool, look: Look) -> int:
    """Check the machine; gives 0, or 2 where something essential is missing."""
    checks = drive(examine(prepare(look)))
    if as_json:
        put_json({"fit": fit(checks), "checks": [asdict(check) for check in checks]})
    else:
        console = result_console()
        console.print(checks_table(checks))
        console.print(Text(_sentence(checks)))
    return 0 if fit(checks) else EXIT_BLOCKED


def checks_table(checks: Sequence[Check]) -> RenderableType:
    """A row for each check, with the way to mend it below what was found."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for check in checks:
        mark, style = _mark(check)
        detail = Text(clean(check.detail))
        if check.fix:
            detail.append(f"\n{clean(check.fix)}", style="cyan" if check.essential else "dim")
        table.add_row(Text(mark, style=style), check.name, detail)
    return table


def _mark(check: Check) -> tuple[str, str]:
    return ESSENTIAL_MISSING if check.essential and check.status == "missing" else MARKS[check.status]


def _sentence(checks: Sequence[Check]) -> str:
    missing = [check.name for check in checks if check.essential and check.status == "missing"]
    return f"not fit for a run: {', '.join(missing)}" if missing else "fit for a run"
