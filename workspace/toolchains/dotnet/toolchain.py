"""The .NET toolchain: `dotnet` for everything, a solution or a project at a time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from backend_developer.contract import Finding
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains import output
from backend_developer.workspace.toolchains.base import Package, ServiceSpec, Step, StepKind, TestRun
from backend_developer.workspace.toolchains.dotnet import parse
from backend_developer.workspace.toolchains.files import is_within, read_text, walk
from backend_developer.workspace.toolchains.installed import folder_of, require_program

NAME = "dotnet"

_PROJECTS = (".csproj", ".fsproj")
_SOLUTIONS = (".sln", ".slnx")
_INSTALL = "Install the .NET SDK (https://dotnet.microsoft.com/download), and see that `dotnet --version` works."
_TEST_SDK = "Microsoft.NET.Test.Sdk"
_WEB_SDK = re.compile(r"<Project\s+Sdk=\"Microsoft\.NET\.Sdk\.Web\"")
_IS_TEST = re.compile(r"(?:Tests?|Specs?)\.cs$|(?:^|/)[^/]*\.?(?:Unit|Integration)?Tests?/")
_CONNECTION = re.compile(r'"ConnectionStrings"\s*:\s*\{(?P<body>[^}]*)\}')
_KEY = re.compile(r'"(?P<name>\w+)"\s*:\s*"[^"]*"')
_NPGSQL = (
    "Host={database_host};Port={database_port};Database={database_name};"
    "Username={database_user};Password={database_password}"
)


def find_packages(root: Path) -> list[Package]:
    """The folders with a solution, and those with a project that no solution above them holds."""
    places = [PurePosixPath(path) for path in walk(root)]
    kept = sorted({str(place.parent) for place in places if place.suffix in _SOLUTIONS})
    for folder in sorted({str(place.parent) for place in places if place.suffix in _PROJECTS}):
        if not any(is_within(folder, other) for other in kept):
            kept.append(folder)
    return [Package(toolchain=NAME, root=folder) for folder in kept]


@dataclass(frozen=True)
class DotnetToolchain:
    """Solutions and projects.

    `scratch` is a folder outside the workspace for what is built, `downloads` that of the install step.
    """

    scratch: Path
    downloads: Path | None = None
    name: str = field(default=NAME, init=False)

    def packages(self, root: Path) -> list[Package]:
        """The solutions and projects in the workspace."""
        return find_packages(root)

    def steps(self, root: Path, package: Package, kind: StepKind) -> list[Step]:
        """The commands of a gate. Raises `NoToolchain` where there is no SDK."""
        build = ("build", "--nologo", "-v:quiet", "-consoleLoggerParameters:NoSummary", *self._artifacts(package))
        if kind == "lint":
            return [self._step(root, package, kind, ("format", "--verify-no-changes", "--no-restore"), "dotnet-format")]
        if kind == "build":
            return [self._step(root, package, kind, build, "dotnet-build")]
        if not any(_TEST_SDK in read_text(path) for path in project_files(root, package)):
            return []
        logger_option = ("--logger", "console;verbosity=normal")
        tests = ("test", "--nologo", *logger_option, *self._artifacts(package))
        return [self._step(root, package, kind, tests, "dotnet-test")]

    def findings(self, step: Step, outcome: Outcome, root: Path) -> list[Finding]:
        """What a lint or build step found; a failure that no line of the output explains is a finding as well."""
        return output.explained(parse.findings(step, outcome, root), step, outcome)

    def tests(self, step: Step, outcome: Outcome, root: Path) -> TestRun:
        """What the console logger printed."""
        return parse.read_run(step, outcome, root)

    def only(self, step: Step, ids: list[str]) -> Step:
        """The same test step for these tests alone; the cases of a theory go by the name of its method."""
        names = sorted({name.partition("(")[0] for name in ids})
        return replace(step, argv=(*step.argv, "--filter", "|".join(f"FullyQualifiedName={name}" for name in names)))

    def is_test(self, path: str) -> bool:
        """Files and projects that end in Test, Tests or Specs."""
        return bool(_IS_TEST.search(path))

    def services(self, root: Path, package: Package) -> list[ServiceSpec]:
        """The web projects. Raises `NoToolchain` where there is no SDK."""
        found = []
        for project in project_files(root, package):
            text = read_text(project)
            if _WEB_SDK.search(text) and _TEST_SDK not in text:
                found.append(self._service(root, package, project, wants_database="Npgsql" in text))
        return found

    def import_check(self, root: Path, package: Package) -> Step | None:
        """Everything compiles: nothing of a library runs when it is referenced."""
        return self.steps(root, package, "build")[0]

    def _service(self, root: Path, package: Package, project: Path, *, wants_database: bool) -> ServiceSpec:
        dotnet = require_dotnet(root)
        place = project.relative_to(root / package.root).as_posix()
        database = _connections(project) if wants_database else {}
        return ServiceSpec(
            argv=(dotnet, "run", "--no-launch-profile", "--project", place, *self._artifacts(package)),
            package=package,
            framework="aspnetcore",
            env={
                **self._environment(package),
                "ASPNETCORE_ENVIRONMENT": "Development",
                "ASPNETCORE_URLS": "http://127.0.0.1:{port}",
                **database,
            },
            wants_database=wants_database,
            writable=(folder_of(self.scratch, package),),
        )

    def _step(self, root: Path, package: Package, kind: StepKind, arguments: tuple[str, ...], tool: str) -> Step:
        dotnet = require_dotnet(root)
        return Step(
            kind=kind,
            tool=tool,
            argv=(dotnet, *arguments),
            package=package,
            env=self._environment(package),
            writable=(folder_of(self.scratch, package),),
        )

    def _artifacts(self, package: Package) -> tuple[str, ...]:
        """What is built goes out of the project (.NET 8 and later)."""
        return "--artifacts-path", str(folder_of(self.scratch, package) / "artifacts")

    def _environment(self, package: Package) -> Mapping[str, str]:
        """Servers that the compiler leaves running are switched off: a gate leaves no process behind."""
        return {
            "DOTNET_CLI_HOME": str(folder_of(self.scratch, package)),
            **({"NUGET_PACKAGES": str(packages_in(self.downloads))} if self.downloads else {}),
            "DOTNET_SKIP_FIRST_TIME_EXPERIENCE": "1",
            "DOTNET_CLI_UI_LANGUAGE": "en",
            "DOTNET_CLI_USE_MSBUILD_SERVER": "0",
            "MSBUILDDISABLENODEREUSE": "1",
            "UseSharedCompilation": "false",
        }


def require_dotnet(root: Path) -> str:
    """The program. Raises `NoToolchain` where there is no SDK."""
    return str(require_program("dotnet", root, language=".NET", install=_INSTALL))


def packages_in(downloads: Path) -> Path:
    """NuGet's folder of packages, as the install step fills it."""
    return downloads / "nuget"


def project_files(root: Path, package: Package) -> list[Path]:
    """The projects of a solution, or the one that stands alone."""
    return [root / path for path in walk(root, package.root) if PurePosixPath(path).suffix in _PROJECTS]


def _connections(project: Path) -> dict[str, str]:
    """The connection strings that its settings name, as the variables that stand above them."""
    block = _CONNECTION.search(read_text(project.parent / "appsettings.json"))
    names = [match["name"] for match in _KEY.finditer(block["body"])] if block else []
    return {f"ConnectionStrings__{name}": _NPGSQL for name in names or ["DefaultConnection"]}
