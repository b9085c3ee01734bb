from pathlib import Path

import pytest

from backend_developer.contract import NoToolchain
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains.base import Package, Step
from backend_developer.workspace.toolchains.rust.project import find_packages
from backend_developer.workspace.toolchains.rust.toolchain import RustToolchain

HERE = Package("rust", ".")
CRATE = '[package]\nname = "shop"\n'
MAIN = 'fn main() { TcpListener::bind(format!("0:{}", env::var("PORT").unwrap())); }\n'


@pytest.fixture
def rust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RustToolchain:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "cargo").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(programs))
    return RustToolchain(tmp_path / "scratch")


def _write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root / "project"


def _outcome(tmp_path: Path, text: str) -> Outcome:
    (tmp_path / "log").write_text(text)
    return Outcome("cargo", 101, False, 0.1, text, tmp_path / "log")


def test_a_workspace_is_gated_once_with_its_members(tmp_path: Path) -> None:
    files = {
        "back/Cargo.toml": '[workspace]\nmembers = ["api"]\n',
        "back/api/Cargo.toml": CRATE,
        "tool/Cargo.toml": CRATE,
        "tool/fuzz/Cargo.toml": CRATE,
    }
    assert [package.root for package in find_packages(_write(tmp_path, files))] == ["back", "tool"]


def test_tools_that_come_apart_from_cargo_are_used_where_they_are_installed(
    rust: RustToolchain, tmp_path: Path
) -> None:
    root = _write(tmp_path, {"Cargo.toml": CRATE})
    assert [step.tool for step in rust.steps(root, HERE, "lint")] == ["check"]
    for name in ("rustfmt", "cargo-clippy"):
        (tmp_path / "programs" / name).touch(mode=0o755)
    assert [step.tool for step in rust.steps(root, HERE, "lint")] == ["rustfmt", "clippy"]


def test_a_lock_file_is_kept_as_it_is_and_nothing_is_fetched(rust: RustToolchain, tmp_path: Path) -> None:
    root = _write(tmp_path, {"Cargo.toml": CRATE})
    assert "--locked" not in rust.steps(root, HERE, "build")[0].argv
    (root / "Cargo.lock").touch()
    (step,) = rust.steps(root, HERE, "build")
    assert {"--offline", "--locked"} <= set(step.argv)
    assert not Path(step.env["CARGO_TARGET_DIR"]).is_relative_to(root)


@pytest.mark.parametrize(
    ("manifest", "main", "framework", "database"),
    [
        (CRATE, MAIN, "std", False),
        (CRATE + '[dependencies]\naxum = "0.8"\n', MAIN, "axum", False),
        (
            CRATE + '[dependencies]\nactix-web = "4"\nsqlx = { version = "0.8", features = ["postgres"] }\n',
            MAIN,
            "actix-web",
            True,
        ),
        (CRATE, "fn main() {}\n", None, False),
    ],
)
def test_programs_that_listen_are_services(
    rust: RustToolchain, tmp_path: Path, manifest: str, main: str, framework: str | None, database: bool
) -> None:
    found = rust.services(_write(tmp_path, {"Cargo.toml": manifest, "src/main.rs": main}), HERE)
    assert [spec.framework for spec in found] == ([framework] if framework else [])
    for spec in found:
        assert spec.argv[0].endswith("target/debug/shop")
        assert spec.env["PORT"] == "{port}"
        assert (spec.wants_database, "DATABASE_URL" in spec.env) == (database, database)


def test_without_cargo_it_is_blocked_with_the_way_to_get_it(
    rust: RustToolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(NoToolchain, match="Install Rust"):
        rust.steps(_write(tmp_path, {"Cargo.toml": CRATE}), HERE, "build")


def test_dependencies_that_are_not_downloaded_are_blocked_with_the_command(rust: RustToolchain, tmp_path: Path) -> None:
    step = Step("build", "cargo", ("cargo",), HERE)
    text = (
        "error: failed to download `serde v1.0.0`\n  attempting to make an HTTP request, but --offline was specified\n"
    )
    with pytest.raises(NoToolchain, match="cargo fetch"):
        rust.findings(step, _outcome(tmp_path, text), tmp_path)


def test_which_files_are_tests(rust: RustToolchain) -> None:
    assert [rust.is_test(path) for path in ("tests/api.rs", "src/a/tests.rs", "src/main.rs")] == [True, True, False]
