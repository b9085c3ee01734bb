"""On output that is written down from .NET's documentation, for there is no SDK where the tests run."""

from pathlib import Path

import pytest

from backend_developer.contract import NoToolchain
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains.base import Package, Step
from backend_developer.workspace.toolchains.dotnet.toolchain import DotnetToolchain

HERE = Package("dotnet", ".")
WEB = (
    '<Project Sdk="Microsoft.NET.Sdk.Web"><ItemGroup>'
    '<PackageReference Include="Npgsql" Version="9.0.0" /></ItemGroup></Project>'
)
TESTS = '<Project Sdk="Microsoft.NET.Sdk"><PackageReference Include="Microsoft.NET.Test.Sdk" /></Project>'
FILES = {
    "Shop.sln": "",
    "Shop/Shop.csproj": WEB,
    "Shop/appsettings.json": '{"ConnectionStrings": {"Shop": "Host=localhost"}}',
    "Shop.Tests/Shop.Tests.csproj": TESTS,
}
RECORDED_BUILD = """\
ROOT/Shop/Users.cs(12,17): error CS0029: Cannot implicitly convert type 'string' to 'int' [ROOT/Shop/Shop.csproj]
ROOT/Shop/Users.cs(12,17): error CS0029: Cannot implicitly convert type 'string' to 'int' [ROOT/Shop/Shop.csproj]
ROOT/Shop/Old.cs(3,9): warning CS0168: The variable 'x' is declared but never used [ROOT/Shop/Shop.csproj]
"""
RECORDED_FORMAT = """\
ROOT/Shop/Users.cs(7,1): error WHITESPACE: Fix whitespace formatting. Delete 2 characters. [ROOT/Shop/Shop.csproj]
"""
RECORDED_TESTS = """\
  Passed Shop.Tests.UsersTests.Adds [12 ms]
  Failed Shop.Tests.UsersTests.Refuses(name: "") [1 s]
  Error Message:
   Assert.Equal() Failure: Values differ
Expected: 422
  Stack Trace:
     at Xunit.Assert.Equal() in /_/src/Assert.cs:line 40
     at Shop.Tests.UsersTests.Refuses(String name) in ROOT/Shop.Tests/UsersTests.cs:line 21
  Skipped Shop.Tests.UsersTests.Later [1 ms]

Failed!  - Failed:     1, Passed:     1, Skipped:     1, Total:     3, Duration: 1 s - Shop.Tests.dll (net9.0)
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "dotnet").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(programs))
    for name, text in FILES.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "project"


@pytest.fixture
def dotnet(tmp_path: Path) -> DotnetToolchain:
    return DotnetToolchain(tmp_path / "scratch")


def _outcome(root: Path, text: str, exit_code: int = 1) -> Outcome:
    log = root.parent / "log"
    text = text.replace("ROOT", str(root))
    log.write_text(text)
    return Outcome("dotnet", exit_code, False, 0.1, text, log)


def _step(dotnet: DotnetToolchain, root: Path, kind: str) -> Step:
    (step,) = dotnet.steps(root, HERE, kind)  # type: ignore[arg-type]
    return step


def test_a_solution_is_gated_once_with_its_projects(dotnet: DotnetToolchain, root: Path) -> None:
    assert dotnet.packages(root) == [HERE]
    commands = {kind: _step(dotnet, root, kind).argv[1] for kind in ("lint", "build", "tests")}
    assert commands == {"lint": "format", "build": "build", "tests": "test"}
    assert str(root) not in " ".join(_step(dotnet, root, "build").argv[1:])


def test_recorded_errors_of_the_compiler_are_named_once_with_their_place(dotnet: DotnetToolchain, root: Path) -> None:
    (finding,) = dotnet.findings(_step(dotnet, root, "build"), _outcome(root, RECORDED_BUILD), root)
    assert (finding.source, finding.code) == ("build/dotnet-build", "CS0029")
    assert (finding.file, finding.line) == ("Shop/Users.cs", 12)
    assert finding.message == "Cannot implicitly convert type 'string' to 'int'"


def test_recorded_findings_of_the_formatter(dotnet: DotnetToolchain, root: Path) -> None:
    (finding,) = dotnet.findings(_step(dotnet, root, "lint"), _outcome(root, RECORDED_FORMAT, 2), root)
    assert (finding.code, finding.file, finding.line) == ("WHITESPACE", "Shop/Users.cs", 7)


def test_a_recorded_test_run(dotnet: DotnetToolchain, root: Path) -> None:
    step = _step(dotnet, root, "tests")
    run = dotnet.tests(step, _outcome(root, RECORDED_TESTS), root)
    name = 'Shop.Tests.UsersTests.Refuses(name: "")'
    assert set(run.passed) == {"Shop.Tests.UsersTests.Adds"}
    assert set(run.skipped) == {"Shop.Tests.UsersTests.Later"}
    assert (run.failed[name].file, run.failed[name].line) == ("Shop.Tests/UsersTests.cs", 21)
    assert "Assert.Equal() Failure" in run.failed[name].message
    assert dotnet.only(step, [name]).argv[-1] == "FullyQualifiedName=Shop.Tests.UsersTests.Refuses"


def test_a_web_project_is_started_on_its_port_with_its_connection_string(dotnet: DotnetToolchain, root: Path) -> None:
    (spec,) = dotnet.services(root, HERE)
    assert spec.argv[1:5] == ("run", "--no-launch-profile", "--project", "Shop/Shop.csproj")
    assert spec.env["ASPNETCORE_URLS"] == "http://127.0.0.1:{port}"
    assert spec.env["ConnectionStrings__Shop"].startswith("Host={database_host};")
    assert spec.wants_database


def test_what_is_missing_is_blocked_with_the_way_to_get_it(
    dotnet: DotnetToolchain, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = _step(dotnet, root, "build")
    with pytest.raises(NoToolchain, match="dotnet restore"):
        dotnet.findings(step, _outcome(root, "Shop.csproj : error NU1101: Unable to find package Npgsql.\n"), root)
    with pytest.raises(NoToolchain, match="SDK"):
        dotnet.findings(step, _outcome(root, "A compatible .NET SDK was not found.\n"), root)
    monkeypatch.setenv("PATH", str(root / "nowhere"))
    with pytest.raises(NoToolchain, match=r"Install the \.NET SDK"):
        dotnet.steps(root, HERE, "build")


def test_which_files_are_tests(dotnet: DotnetToolchain) -> None:
    paths = ("Shop.Tests/Helper.cs", "UsersTests.cs", "Shop/Users.cs", "Shop/Contests/x.cs")
    assert [dotnet.is_test(path) for path in paths] == [True, True, False, False]
