"""Static analysis of a Go module: gofmt and `go vet` always, golangci-lint where the project configures it.

gofmt has no settings, and the whole Go world takes it for granted. A file that was not formatted before is an old
finding, so it is forced on nobody's old code.
"""

from backend_developer.contract import NoToolchain
from backend_developer.workspace.toolchains.base import Step
from backend_developer.workspace.toolchains.go.run import Runner
from backend_developer.workspace.toolchains.installed import find_program

_SETTINGS = tuple(f".golangci.{ending}" for ending in ("yml", "yaml", "toml", "json"))
_INSTALL = "Install it (https://golangci-lint.run/docs/welcome/install/), or take its settings out of the project."


def lint_steps(runner: Runner) -> list[Step]:
    """Raises `NoToolchain` where Go is not installed, or golangci-lint is configured and not installed."""
    steps = [
        runner.step("lint", "gofmt", (runner.gofmt(), "-l", ".")),
        runner.step("lint", "vet", (runner.go(), "vet", "-json", "./...")),
    ]
    if _uses_golangci(runner):
        steps.append(_golangci(runner))
    return steps


def build_steps(runner: Runner) -> list[Step]:
    """Everything compiles; programs are not kept. Raises `NoToolchain` where Go is not installed."""
    return [runner.step("build", "go", (runner.go(), "build", "-o", "/dev/null", "./..."))]


def _uses_golangci(runner: Runner) -> bool:
    """It looks for its settings in the folders above as well."""
    folder, root = runner.module.folder, runner.module.root
    above = (base for base in (folder, *folder.parents) if base.is_relative_to(root))
    return any((base / name).is_file() for base in above for name in _SETTINGS)


def _golangci(runner: Runner) -> Step:
    program = find_program("golangci-lint", runner.module.root)
    if program is None:
        raise NoToolchain(
            "The project is configured for golangci-lint, which is not on PATH.", _INSTALL, source="toolchain/go"
        )
    # The flags of its version 2; version 1 had --out-format.
    options = ("run", "--output.json.path=stdout", "--show-stats=false", "./...")
    return runner.step("lint", "golangci-lint", (str(program), *options))
