"""What all commands of a Go module have in common: the programs, the environment, the caches."""

import os
from dataclasses import dataclass
from pathlib import Path

from backend_developer.contract import NoToolchain
from backend_developer.workspace.toolchains.base import Step, StepKind
from backend_developer.workspace.toolchains.go.project import GoModule
from backend_developer.workspace.toolchains.installed import find_program, folder_of, require_program

_INSTALL = "Install Go (https://go.dev/doc/install), and see that `go version` works in the shell that starts this."


@dataclass(frozen=True, slots=True)
class Runner:
    """Makes steps of a module; what they leave behind goes to `scratch` and `cache`, outside of it."""

    module: GoModule
    scratch: Path
    """A folder for this workspace."""
    cache: Path
    """Go's build cache. Its entries are named by the digest of all that made them, so all workspaces share it: else
    each would compile the standard library for itself."""
    downloads: Path | None = None
    """What the install step has downloaded, for all workspaces."""

    def go(self) -> str:
        """The program. Raises `NoToolchain`."""
        return str(require_program("go", self.module.root, language="Go", install=_INSTALL))

    def gofmt(self) -> str:
        """The program, which comes with Go: on PATH, else beside `go`. Raises `NoToolchain`."""
        found = find_program("gofmt", self.module.root) or Path(self.go()).resolve().with_name("gofmt")
        if not found.exists():
            raise NoToolchain("There is `go`, but no `gofmt` on PATH or beside it.", _INSTALL, source="toolchain/go")
        return str(found)

    def step(self, kind: StepKind, tool: str, argv: tuple[str, ...], env: dict[str, str] | None = None) -> Step:
        """A step that runs in the module's folder."""
        return Step(
            kind=kind,
            tool=tool,
            argv=argv,
            package=self.module.package,
            env={**self.environment(), **(env or {})},
            writable=self.writable,
        )

    @property
    def folder(self) -> Path:
        """The part of the scratch folder that is this module's."""
        return folder_of(self.scratch, self.module.package)

    @property
    def writable(self) -> tuple[Path, ...]:
        """The folders that its commands write to."""
        return self.folder, self.cache

    def environment(self) -> dict[str, str]:
        """The variables of every step: caches outside the project, nothing fetched, no change to go.mod.

        Modules come from the user's own module cache and that of the install step, which commands can only read: they
        serve as proxies.
        """
        env = {
            "GOCACHE": str(self.cache),
            "GOMODCACHE": str(self.folder / "mod"),
            "GOPROXY": ",".join([*(cache.as_uri() for cache in download_caches(self.downloads)), "off"]),
            "GOSUMDB": "off",
            "GOTOOLCHAIN": "local",
            "GOTELEMETRY": "off",
            "GOENV": "off",
            "GOFLAGS": "-modcacherw" if self.module.is_vendored else "-mod=readonly -modcacherw",
            "GOLANGCI_LINT_CACHE": str(self.folder / "golangci-lint"),
        }
        return env | ({"GOWORK": "off"} if self.module.is_left_out else {})


def download_caches(downloads: Path | None) -> list[Path]:
    """Where modules that were downloaded lie: the user's own, then those of the install step in `downloads`."""
    caches = [_module_cache(), *([module_cache_in(downloads)] if downloads else [])]
    return [cache / "cache" / "download" for cache in caches]


def module_cache_in(downloads: Path) -> Path:
    """GOMODCACHE of the install step."""
    return downloads / "go"


def _module_cache() -> Path:
    if named := os.environ.get("GOMODCACHE"):
        return Path(named).absolute()
    first = os.environ.get("GOPATH", "").split(os.pathsep)[0]
    return (Path(first) if first else Path.home() / "go").absolute() / "pkg" / "mod"
