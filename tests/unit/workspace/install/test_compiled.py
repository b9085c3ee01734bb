from collections.abc import Callable
from pathlib import Path

import pytest

from backend_developer.contract import NoToolchain
from backend_developer.workspace.install.compiled import dotnet_steps, go_steps, rust_steps
from backend_developer.workspace.toolchains.base import Package
from backend_developer.workspace.toolchains.dotnet.toolchain import DotnetToolchain
from backend_developer.workspace.toolchains.go.toolchain import GoToolchain
from backend_developer.workspace.toolchains.rust.toolchain import RustToolchain
from tests.support.product import write_files

Write = Callable[[dict[str, str]], Path]
GO_MOD = "module shop\n\nrequire (\n\tgithub.com/BurntSushi/toml v1.2.0\n)\n"
GO_SUM = (
    "github.com/BurntSushi/toml v1.2.0 h1:Rt8g24XnyGTyglgET/PRUNlrUeu9F5L+7FilkXfZgs0=\n"
    "github.com/BurntSushi/toml v1.2.0/go.mod h1:CxXYINrC8qIiEnFrOxCa7Jy5BFHlXnUU2pbicEuybxQ=\n"
)
GO_ZIP = "cache/download/github.com/!burnt!sushi/toml/@v/v1.2.0.zip"
CARGO = '[package]\nname = "shop"\n[dependencies]\nserde = "1"\n'
REGISTRY = '[[package]]\nname = "serde"\nversion = "1.0.1"\nsource = "registry+https://example.com/index"\n'
GIT = '[[package]]\nname = "tool"\nversion = "0.1.0"\nsource = "git+https://example.com/tool#0123456789abcdef"\n'
CSPROJ = '<Project Sdk="Microsoft.NET.Sdk">\n<PackageReference Include="Npgsql" Version="9.0.0" />\n</Project>\n'


def test_go_downloads_what_no_cache_has_and_the_gates_are_served_from_there(
    write: Write, programs: Path, downloads: Path, tmp_path: Path
) -> None:
    root = write({"go.mod": GO_MOD, "go.sum": GO_SUM})
    (step,) = go_steps(root, downloads)
    assert step.commands == ((str(programs / "go"), "mod", "download"),)
    assert (step.missing, step.env["GOMODCACHE"]) == (True, str(downloads / "go"))
    gate = GoToolchain(tmp_path / "scratch", tmp_path / "cache", downloads).steps(root, Package("go", "."), "build")[0]
    assert gate.env["GOPROXY"].split(",")[1:] == [f"file://{downloads}/go/cache/download", "off"]
    write_files(downloads / "go", {GO_ZIP: ""})
    assert not go_steps(root, downloads)[0].missing


def test_the_users_own_module_cache_counts(write: Write, programs: Path, downloads: Path, tmp_path: Path) -> None:
    write_files(tmp_path / "home" / "GOMODCACHE", {GO_ZIP: ""})
    assert not go_steps(write({"go.mod": GO_MOD, "go.sum": GO_SUM}), downloads)[0].missing


@pytest.mark.parametrize(
    "files", [{"go.mod": "module shop\n\ngo 1.22\n"}, {"go.mod": GO_MOD, "vendor/modules.txt": ""}]
)
def test_go_needs_nothing_where_nothing_is_required_or_all_is_vendored(
    write: Write, programs: Path, downloads: Path, files: dict[str, str]
) -> None:
    assert go_steps(write(files), downloads) == []


def test_cargo_fetches_what_is_locked_and_the_gates_use_that_home(
    write: Write, programs: Path, downloads: Path, tmp_path: Path
) -> None:
    root = write({"Cargo.toml": CARGO, "Cargo.lock": REGISTRY + GIT})
    rust = RustToolchain(tmp_path / "scratch", downloads)
    (step,) = rust_steps(root, downloads)
    assert step.commands == ((str(programs / "cargo"), "fetch", "--locked"),)
    assert step.missing
    assert rust.steps(root, Package("rust", "."), "build")[0].env["CARGO_HOME"] == str(downloads / "cargo")
    write_files(
        tmp_path / "home" / "CARGO_HOME",
        {"registry/cache/index-1/serde-1.0.1.crate": "", "git/checkouts/tool-1/0123456/Cargo.toml": ""},
    )
    assert not rust_steps(root, downloads)[0].missing
    assert "CARGO_HOME" not in rust.steps(root, Package("rust", "."), "build")[0].env


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"Cargo.toml": CARGO}, ("fetch",)),
        ({"Cargo.toml": CARGO.replace('"1"', '{ path = "serde" }')}, None),
        ({"Cargo.toml": CARGO, "Cargo.lock": '[[package]]\nname = "shop"\nversion = "0.1.0"\n'}, None),
    ],
)
def test_cargo_fetches_nothing_for_what_lies_in_the_project(
    write: Write, programs: Path, downloads: Path, files: dict[str, str], expected: tuple[str, ...] | None
) -> None:
    steps = rust_steps(write(files), downloads)
    assert [step.commands[0][1:] for step in steps] == ([expected] if expected else [])


def test_nuget_restores_into_the_folder_that_the_gates_read(
    write: Write, programs: Path, downloads: Path, tmp_path: Path
) -> None:
    root = write({"Shop.csproj": CSPROJ, "packages.lock.json": "{}"})
    (step,) = dotnet_steps(root, downloads)
    assert step.commands[0][1:4] == ("restore", "--nologo", "--locked-mode")
    gate = DotnetToolchain(tmp_path / "scratch", downloads).steps(root, Package("dotnet", "."), "build")[0]
    assert gate.env["NUGET_PACKAGES"] == step.env["NUGET_PACKAGES"] == str(downloads / "nuget")
    assert dotnet_steps(write({"Shop.csproj": CSPROJ.replace("PackageReference", "Other")}), downloads) == []


@pytest.mark.parametrize(
    ("program", "files"),
    [("go", {"go.mod": GO_MOD}), ("cargo", {"Cargo.toml": CARGO}), ("dotnet", {"Shop.csproj": CSPROJ})],
)
def test_a_toolchain_that_is_not_there_blocks(
    write: Write, programs: Path, downloads: Path, program: str, files: dict[str, str]
) -> None:
    (programs / program).unlink()
    steps = {"go": go_steps, "cargo": rust_steps, "dotnet": dotnet_steps}[program]
    with pytest.raises(NoToolchain, match=program):
        steps(write(files), downloads)
