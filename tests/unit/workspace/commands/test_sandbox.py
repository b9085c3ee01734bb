import pytest

from backend_developer.workspace.commands.sandbox import judge


def test_a_sandbox_that_lets_nothing_pass_holds() -> None:
    report = judge(7, {"inside"})
    assert (report.kind, report.abi, report.advice) == ("landlock", 7, "")
    assert "writing through a link that leads out" in report.holds
    assert "reading files outside the workspace" in report.does_not_hold


def test_an_old_kernel_holds_files_but_not_signals() -> None:
    report = judge(3, {"inside", "signal"})
    assert report.kind == "landlock"
    assert "signalling the agent and other processes" in report.does_not_hold
    assert "6.12" in report.advice


@pytest.mark.parametrize("passed", [set(), {"inside", "create"}, {"inside", "link"}])
def test_a_sandbox_that_leaks_or_locks_out_is_none(passed: set[str]) -> None:
    report = judge(7, passed)
    assert (report.kind, report.holds) == ("none", [])
    assert report.advice
