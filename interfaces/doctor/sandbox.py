"""What holds commands inside the workspace."""

from backend_developer.interfaces.doctor.check import Check, Surroundings
from backend_developer.workspace.commands import SandboxReport, probe_sandbox

NAME = "sandbox"


async def look(surroundings: Surroundings) -> Check:
    """Try a forbidden write for real."""
    return described(await probe_sandbox(surroundings.settings))


def described(report: SandboxReport) -> Check:
    """The sandbox's report as a row."""
    if report.kind == "none":
        return Check(NAME, "warning", "commands are not held inside the workspace", report.advice)
    detail = f"{report.kind} {report.abi} holds {', '.join(report.holds)}"
    if report.does_not_hold:
        detail += f"; it does not hold {', '.join(report.does_not_hold)}"
    return Check(NAME, "ok", detail, report.advice)
