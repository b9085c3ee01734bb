"""The commands of a Cargo project: what they are, and the environment that they share."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from backend_developer.workspace.toolchains.base import ServiceSpec, Step, StepKind
from backend_developer.workspace.toolchains.installed import find_program, folder_of, require_program
from backend_developer.workspace.toolchains.postgres_env import postgres_environment
from backend_developer.workspace.toolchains.rust.crates import fetched_home
from backend_developer.workspace.toolchains.rust.project import CargoProject

_INSTALL = "Install Rust (https://rustup.rs), and see that `cargo --version` works in the shell that starts this."
_FRAMEWORKS = ("axum", "actix-web", "rocket", "warp", "poem", "salvo", "tide", "tonic", "hyper")
_LISTENS = re.compile(r"\bTcpListener\b|\bHttpServer\b|\.launch\(")
_PORT_NAME = re.compile(r'"((?:[A-Z]+_)*PORT)"')
_ADDRESS_NAME = re.compile(r'"((?:[A-Z]+_)*(?:ADDR|ADDRESS|BIND|LISTEN))"')
_DATABASE_NAME = re.compile(r"(?:DB|DATABASE|POSTGRES|PG|REDIS)_")
_DRIVERS = {
    "tokio-postgres",
    "postgres",
    "deadpool-postgres",
    "sqlx/postgres",
    "diesel/postgres",
    "sea-orm/sqlx-postgres",
}
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Runner:
    """Makes steps of a project; the target folder lies in `scratch`, so builds leave nothing in the project."""

    project: CargoProject
    scratch: Path
    """A folder for this workspace."""
    downloads: Path | None = None
    """What the install step has fetched, for all workspaces."""

    def lint(self) -> list[Step]:
        """rustfmt and clippy where they are installed: both come with Rust. Else what the compiler says.

        Raises `NoToolchain` where Cargo is not installed.
        """
        cargo, steps = self.cargo(), []
        if find_program("rustfmt", self.project.root):
            steps.append(self._step("lint", "rustfmt", (cargo, "fmt", "--all", "--check", "--", "--color=never")))
        tool = "clippy" if find_program("cargo-clippy", self.project.root) else "check"
        arguments = ("--workspace", "--all-targets", "--message-format=json")
        return [*steps, self._step("lint", tool, (cargo, tool, *self._locked(), *arguments))]

    def build(self) -> list[Step]:
        """Raises `NoToolchain` where Cargo is not installed."""
        argv = (self.cargo(), "build", *self._locked(), "--workspace", "--message-format=json")
        return [self._step("build", "cargo", argv)]

    def tests(self) -> list[Step]:
        """Raises `NoToolchain` where Cargo is not installed."""
        argv = (self.cargo(), "test", *self._locked(), "--workspace", "--no-fail-fast", "--color=never")
        database = {name: value for crate in self.project.crates for name, value in self._database(crate).items()}
        return [self._step("tests", "cargo-test", argv, database)]

    def services(self) -> list[ServiceSpec]:
        """Each program that listens, built first and then run by itself, so that it gets the signals.

        Raises `NoToolchain` where Cargo is not installed.
        """
        return [
            self._service(crate, program, framework)
            for crate in sorted(self.project.crates, key=lambda name: (name != ".", name))
            if (framework := self._framework(crate))
            for program in self.project.programs(crate)
        ]

    def _framework(self, crate: str) -> str | None:
        declared = self.project.declared(crate)
        known = next((name for name in _FRAMEWORKS if name in declared), None)
        if known is None and any(_LISTENS.search(text) for text in self.project.sources(crate)):
            return "std"
        return known

    def _service(self, crate: str, program: str, framework: str) -> ServiceSpec:
        database = self._database(crate)
        return ServiceSpec(
            argv=(str(self._target / "debug" / program),),
            package=self.project.package,
            framework=framework,
            env={
                **self._environment(),
                "RUST_BACKTRACE": "1",
                "ROCKET_PORT": "{port}",
                **_ports(self.project.sources(crate)),
                **database,
            },
            wants_database=bool(database),
            prepare=((self.cargo(), "build", *self._locked(), "--bin", program),),
            writable=(self.folder,),
        )

    def _database(self, crate: str) -> dict[str, str]:
        if self.project.declared(crate).isdisjoint(_DRIVERS):
            return {}
        return postgres_environment(self.project.sources(crate))

    @property
    def folder(self) -> Path:
        """The part of the scratch folder that is this project's."""
        return folder_of(self.scratch, self.project.package)

    @property
    def _target(self) -> Path:
        return self.folder / "target"

    def cargo(self) -> str:
        """The program. Raises `NoToolchain`."""
        return str(require_program("cargo", self.project.root, language="Rust", install=_INSTALL))

    def _locked(self) -> tuple[str, ...]:
        """Nothing is fetched, and no gate writes a Cargo.lock that the project pins."""
        return ("--offline", "--locked") if self.project.is_locked else ("--offline",)

    def _environment(self) -> dict[str, str]:
        home = fetched_home(self.project, self.downloads)
        return {
            "CARGO_TARGET_DIR": str(self._target),
            "CARGO_TERM_COLOR": "never",
            "CARGO_INCREMENTAL": "1",
            **({"CARGO_HOME": str(home)} if home else {}),
        }

    def _step(self, kind: StepKind, tool: str, argv: tuple[str, ...], env: dict[str, str] | None = None) -> Step:
        return Step(
            kind=kind,
            tool=tool,
            argv=argv,
            package=self.project.package,
            env={**self._environment(), "RUST_BACKTRACE": "0", **(env or {})},
            writable=(self.folder,),
        )


def only(step: Step, ids: Iterable[str]) -> Step:
    """The same step for these tests alone; a name that several targets have runs in each."""
    names = sorted({name.partition("::")[2] for name in ids})
    return replace(step, argv=(*step.argv, "--", "--exact", *names))


def _ports(texts: Iterable[str]) -> dict[str, str]:
    return {name: value for text in texts for name, value in _named(text) if not _DATABASE_NAME.match(name)}


def _named(text: str) -> Iterator[tuple[str, str]]:
    yield from ((name, "{port}") for name in _PORT_NAME.findall(text))
    yield from ((name, f"{_HOST}:{{port}}") for name in _ADDRESS_NAME.findall(text))
