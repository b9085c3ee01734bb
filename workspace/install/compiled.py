"""Go, Cargo and NuGet: what they download lies in a cache for all projects, from which the gates are served."""

import logging
import re
from pathlib import Path

from backend_developer.workspace.install.step import InstallStep, beside, contents, fingerprint
from backend_developer.workspace.toolchains.dotnet import toolchain as dotnet
from backend_developer.workspace.toolchains.files import read_text
from backend_developer.workspace.toolchains.go import project as go
from backend_developer.workspace.toolchains.go.run import Runner as GoRunner
from backend_developer.workspace.toolchains.go.run import download_caches, module_cache_in
from backend_developer.workspace.toolchains.rust import crates
from backend_developer.workspace.toolchains.rust import project as rust
from backend_developer.workspace.toolchains.rust.steps import Runner as CargoRunner

logger = logging.getLogger(__name__)

_GO_SUM = re.compile(r"^(?P<module>\S+) (?P<version>v[^\s/]+) h1:", re.MULTILINE)
_GO_UPPER = re.compile(r"[A-Z]")
_GO_REQUIRE = re.compile(r"^(?:require\s+)?\s*\(?\s*[\w.-]+\.[\w.-]+/\S+\s+v\d", re.MULTILINE)
_CARGO_SETTINGS = (".cargo/config.toml", ".cargo/config", "rust-toolchain.toml")
_PACKAGE = re.compile(r"<Package(?:Reference|Version)\b[^>]*>")
_NUGET_SETTINGS = ("NuGet.Config", "nuget.config", "Directory.Packages.props", "Directory.Build.props", "global.json")


def go_steps(root: Path, downloads: Path) -> list[InstallStep]:
    """One step for each module that depends on others and holds no copies of them.

    Raises `NoToolchain` where Go is not installed.
    """
    modules = [go.GoModule(root, package) for package in go.find_packages(root)]
    wanting = [one for one in modules if not one.is_vendored and _GO_REQUIRE.search(one.go_mod)]
    return [_go_step(one, downloads) for one in wanting]


def _go_step(module: go.GoModule, downloads: Path) -> InstallStep:
    folder = module.package.root
    inputs = beside(folder, ("go.mod", "go.sum"))
    cache = module_cache_in(downloads)
    left_out = {"GOWORK": "off"} if module.is_left_out else {}
    program = GoRunner(module, downloads, downloads).go()
    return InstallStep(
        manager="go",
        folder=folder,
        commands=((program, "mod", "download"),),
        inputs=inputs,
        fingerprint=fingerprint(contents(module.root, inputs)),
        outputs=(cache,),
        missing=not _has_modules(read_text(module.folder / "go.sum"), download_caches(downloads)),
        env={"GOMODCACHE": str(cache), "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local", **left_out},
    )


def _has_modules(go_sum: str, caches: list[Path]) -> bool:
    """Whether a zip of each module lies in one of the caches; without a go.sum that cannot be told."""
    found = [(match["module"], match["version"]) for match in _GO_SUM.finditer(go_sum)]
    places = [f"{_escaped(module)}/@v/{_escaped(version)}.zip" for module, version in found]
    return bool(places) and all(any((cache / place).is_file() for cache in caches) for place in places)


def _escaped(path: str) -> str:
    """Go writes a capital as `!` and the small letter, for file systems that do not tell them apart."""
    return _GO_UPPER.sub(lambda match: f"!{match[0].lower()}", path)


def rust_steps(root: Path, downloads: Path) -> list[InstallStep]:
    """One step for each package or workspace that takes crates from elsewhere.

    Raises `NoToolchain` where Cargo is not installed.
    """
    projects = [rust.CargoProject(root, package) for package in rust.find_packages(root)]
    return [_cargo_step(one, downloads) for one in projects if crates.wants_crates(one)]


def _cargo_step(project: rust.CargoProject, downloads: Path) -> InstallStep:
    folder, home = project.package.root, crates.home_in(downloads)
    base = "" if folder == "." else f"{folder}/"
    manifests = (*(f"{base}{place}/Cargo.toml".replace("/./", "/") for place in project.crates), f"{base}Cargo.toml")
    inputs = tuple(dict.fromkeys([*manifests, *beside(folder, ("Cargo.lock", *_CARGO_SETTINGS))]))
    complete = crates.is_complete(project, crates.user_home()) or crates.is_complete(project, home)
    return InstallStep(
        manager="cargo",
        folder=folder,
        commands=((CargoRunner(project, downloads).cargo(), "fetch", *(("--locked",) if project.is_locked else ())),),
        inputs=inputs,
        fingerprint=fingerprint(contents(project.root, inputs)),
        outputs=(home,),
        missing=not complete,
        env={"CARGO_HOME": str(home), "CARGO_TERM_COLOR": "never"},
        links={home / "config.toml": crates.user_home() / "config.toml"},
        locks=("Cargo.lock",),
    )


def dotnet_steps(root: Path, downloads: Path) -> list[InstallStep]:
    """One step for each solution or project that refers to packages. Raises `NoToolchain` where there is no SDK."""
    found = [(package, dotnet.project_files(root, package)) for package in dotnet.find_packages(root)]
    return [
        _dotnet_step(root, package.root, projects, downloads)
        for package, projects in found
        if any(_PACKAGE.search(read_text(path)) for path in projects)
    ]


def _dotnet_step(root: Path, folder: str, projects: list[Path], downloads: Path) -> InstallStep:
    own = beside(folder, ("packages.lock.json", *_NUGET_SETTINGS))
    inputs = (*(path.relative_to(root).as_posix() for path in projects), *own)
    packages = dotnet.packages_in(downloads)
    locked = ("--locked-mode",) if (root / own[0]).is_file() else ()
    # What restoring notes beside each project would be another build's than the gates', which have their own folder.
    artifacts = ("--artifacts-path", str(downloads / "restored" / fingerprint([str(root), folder])))
    return InstallStep(
        manager="dotnet",
        folder=folder,
        commands=((dotnet.require_dotnet(root), "restore", "--nologo", *locked, *artifacts),),
        inputs=inputs,
        fingerprint=fingerprint(contents(root, inputs)),
        outputs=(packages,),
        missing=True,
        env={
            "NUGET_PACKAGES": str(packages),
            "DOTNET_CLI_HOME": str(downloads / "dotnet"),
            "DOTNET_CLI_UI_LANGUAGE": "en",
        },
    )
