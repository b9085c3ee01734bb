from pathlib import Path

import pytest

from backend_developer.contract import NoToolchain
from backend_developer.workspace.toolchains.base import Package
from backend_developer.workspace.toolchains.python.toolchain import PythonToolchain

TOOLS = ("ruff", "flake8", "mypy", "black", "isort")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose virtualenv has every linter."""
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    for name in ("python", *TOOLS):
        (programs / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    return tmp_path


def _tools(root: Path, folder: str = ".") -> list[str]:
    toolchain = PythonToolchain(root, root / ".scratch")
    return [step.tool for step in toolchain.steps(root, Package("python", folder), "lint")]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pyproject.toml", "[tool.ruff]\nline-length = 100\n", ["ruff"]),
        ("pyproject.toml", "[tool.ruff.format]\nquote-style = 'single'\n", ["ruff", "ruff-format"]),
        ("ruff.toml", "", ["ruff"]),
        ("pyproject.toml", "[tool.black]\n", ["black"]),
        (".flake8", "[flake8]\n", ["flake8"]),
        ("tox.ini", "[flake8]\n", ["flake8"]),
        ("setup.cfg", "[mypy]\n[isort]\n", ["isort", "mypy"]),
        ("mypy.ini", "[mypy]\n", ["mypy"]),
        (
            ".pre-commit-config.yaml",
            "repos: [{repo: x, hooks: [{id: black}, {id: ruff-format}]}]\n",
            ["ruff-format", "black"],
        ),
        ("requirements-dev.txt", "mypy\nruff\n", ["ruff", "mypy"]),
        ("pyproject.toml", "[tool.mypy]\nstrict = true\n[dependency-groups]\ndev = ['flake8']\n", ["mypy"]),
        ("setup.cfg", "[metadata]\nname = x\n", ["compile"]),
    ],
)
def test_only_what_is_configured_is_run(root: Path, name: str, text: str, expected: list[str]) -> None:
    (root / name).write_text(text)
    assert _tools(root) == expected


def test_ruff_looks_for_its_settings_above_the_project(root: Path) -> None:
    (root / "pyproject.toml").write_text("[tool.ruff]\nline-length = 100\n[tool.mypy]\nstrict = true\n")
    (root / "api").mkdir()
    assert _tools(root, "api") == ["ruff"]


def test_a_configured_linter_that_is_not_installed_blocks(root: Path) -> None:
    (root / "mypy.ini").write_text("[mypy]\n")
    (root / ".venv" / "bin" / "mypy").unlink()
    with pytest.raises(NoToolchain, match="mypy"):
        _tools(root)


def test_mypy_keeps_its_own_targets_and_else_gets_the_packages(root: Path) -> None:
    (root / "shop").mkdir()
    (root / "shop" / "__init__.py").touch()
    (root / "prices.py").touch()
    (root / "test_prices.py").touch()
    toolchain = PythonToolchain(root, root / ".scratch")
    (root / "mypy.ini").write_text("[mypy]\n")
    (step,) = toolchain.steps(root, Package("python", "."), "lint")
    assert step.argv[-2:] == ("prices.py", "shop")
    (root / "mypy.ini").write_text("[mypy]\nfiles = shop\n")
    (step,) = toolchain.steps(root, Package("python", "."), "lint")
    assert step.argv[-2:] == ("--cache-dir", str(root / ".scratch" / "python" / "mypy"))


def test_nothing_is_left_in_the_project(root: Path) -> None:
    (root / "ruff.toml").touch()
    toolchain = PythonToolchain(root, Path("/scratch"))
    (step,) = toolchain.steps(root, Package("python", "."), "lint")
    assert step.env["RUFF_CACHE_DIR"] == "/scratch/python/ruff"
    assert step.env["PYTHONDONTWRITEBYTECODE"] == "1"
    assert step.writable == (Path("/scratch/python"),)
