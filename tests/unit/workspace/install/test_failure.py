from pathlib import Path

import pytest

from backend_developer.contract.ports import Outcome
from backend_developer.workspace.install.failure import InstallFailure
from backend_developer.workspace.install.step import InstallStep

STEP = InstallStep("npm", "api", (("npm", "ci"),), ("api/package.json",), "f", (), missing=True)


def failure(said: str, *, exit_code: int | None = 1) -> InstallFailure:
    outcome = Outcome("npm ci", exit_code, exit_code is None, 1.0, said, Path("/logs/0001-npm.log"))
    return InstallFailure.of(STEP, outcome, 900.0)


def test_it_says_the_command_its_last_lines_and_what_to_do() -> None:
    blocked = failure("\n".join(["long ago", *(f"line {number}" for number in range(15))])).blocked()
    assert (blocked.code, blocked.source) == ("install-failed", "install")
    assert blocked.message.startswith("`npm ci` in api ended with exit code 1:\nline 0\n")
    assert blocked.message.endswith("line 14")
    assert "Run it there by hand" in blocked.way_out
    assert "/logs/0001-npm.log" in blocked.way_out


def test_a_time_limit_is_named() -> None:
    assert "did not end within 900 s" in failure("", exit_code=None).message


def test_the_model_is_told_at_the_manifest() -> None:
    finding = failure("npm error Missing: koa@2 from lock file").finding()
    assert (finding.source, finding.code, finding.file) == ("install/npm", "install-failed", "api/package.json")
    assert "Missing: koa@2 from lock file" in finding.message


@pytest.mark.parametrize(
    "said",
    [
        "npm error code EAI_AGAIN\nnpm error network request failed",
        "Max retries exceeded with url: /simple/six/",
        "go: proxy: dial tcp: lookup proxy on 127.0.0.53:53: no such host",
        "Could not resolve host: index",
        "error: Failed to fetch\n  Caused by: dns error",
    ],
)
def test_a_network_that_is_away_is_not_the_manifests_fault(said: str) -> None:
    assert failure(said).is_network
    assert "reach the package registry" in failure(said).blocked().way_out


def test_any_other_failure_is() -> None:
    assert not failure("npm error `npm ci` can only install packages when they are in sync").is_network


def test_the_help_that_npm_adds_is_left_out() -> None:
    said = failure(
        "npm error\nnpm error Missing: koa@2 from lock file\nnpm error\nnpm error Usage:\nnpm error npm ci\n"
    ).said
    assert said == "npm error Missing: koa@2 from lock file"
