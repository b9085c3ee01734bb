from collections.abc import Callable
from pathlib import Path

import pytest

from backend_developer.contract import NoToolchain
from backend_developer.workspace.install.python import python_steps
from backend_developer.workspace.install.step import InstallStep

Write = Callable[[dict[str, str]], Path]
PROJECT = '[project]\nname = "shop"\ndependencies = ["nowhere-a>=1"]\n'
BUILT = PROJECT + '[build-system]\nrequires = ["setuptools"]\n'
EXTRAS = '[project.optional-dependencies]\ndev = ["nowhere-b"]\ngpu = ["nowhere-c"]\n'
GROUPS = (
    '[dependency-groups]\ndev = ["nowhere-d", {include-group = "lint"}]\nlint = ["nowhere-e"]\ndocs = ["nowhere-f"]\n'
)
VENV = {".venv/pyvenv.cfg": "", ".venv/bin/python": ""}
SITES = ".venv/lib/python3.12/site-packages"


def only(root: Path, downloads: Path, setting: str | None = None) -> InstallStep:
    (step,) = python_steps(root, downloads, setting)
    return step


def said(step: InstallStep, root: Path) -> list[str]:
    return [" ".join(argv).replace(f"{root}/", "").replace(str(root.parent), "") for argv in step.commands]


@pytest.mark.parametrize(
    ("files", "arguments"),
    [
        ({"requirements.txt": "nowhere-a\n"}, "-r requirements.txt"),
        (
            {"requirements.txt": "nowhere-a\n", "requirements-dev.txt": "nowhere-b\n", "requirements-docs.txt": "c\n"},
            "-r requirements.txt -r requirements-dev.txt",
        ),
        (
            {"requirements/base.txt": "nowhere-a\n", "requirements/test.txt": "-r base.txt\n", "app.py": ""},
            "-r requirements/base.txt -r requirements/test.txt",
        ),
        ({"pyproject.toml": PROJECT}, "nowhere-a>=1"),
        ({"pyproject.toml": PROJECT + EXTRAS + GROUPS}, "nowhere-a>=1 nowhere-b nowhere-d nowhere-e"),
        ({"pyproject.toml": BUILT + EXTRAS + GROUPS}, "-e .[dev] nowhere-d nowhere-e"),
        ({"setup.py": 'from setuptools import setup\nsetup(install_requires=["nowhere-a"])\n'}, "-e ."),
    ],
)
def test_a_virtualenv_is_made_and_gets_what_is_declared_for_work_and_tests(
    write: Write, programs: Path, downloads: Path, files: dict[str, str], arguments: str
) -> None:
    root = write(files)
    step = only(root, downloads)
    assert said(step, root) == ["/programs/python3 -m venv .venv", f".venv/bin/python -m pip install {arguments}"]
    assert step.missing
    assert not step.present


@pytest.mark.parametrize(
    ("lock", "command"),
    [
        ("uv.lock", "/programs/uv sync --locked --extra dev"),
        ("poetry.lock", "/programs/poetry install --no-interaction --extras dev"),
    ],
)
def test_a_lock_file_names_the_manager(write: Write, programs: Path, downloads: Path, lock: str, command: str) -> None:
    root = write({"pyproject.toml": PROJECT + EXTRAS, lock: "", "app.py": ""})
    step = only(root, downloads)
    assert said(step, root) == [command]
    assert step.env["UV_PROJECT_ENVIRONMENT"] == str(root / ".venv")
    (programs / step.manager).unlink()
    with pytest.raises(NoToolchain, match=f"locked by {step.manager}"):
        python_steps(root, downloads)


def test_an_environment_of_the_projects_own_gets_what_it_lacks(write: Write, programs: Path, downloads: Path) -> None:
    root = write({**VENV, "requirements.txt": "nowhere-a\n", "requirements-dev.txt": "Nowhere_B\n"})
    write({f"{SITES}/pip-25.0.dist-info/METADATA": "", f"{SITES}/nowhere_a-1.0.dist-info/METADATA": ""})
    step = only(root, downloads)
    assert said(step, root) == [".venv/bin/python -m pip install -r requirements.txt -r requirements-dev.txt"]
    assert step.missing
    write({f"{SITES}/nowhere_b-1.0.dist-info/METADATA": ""})
    step = only(root, downloads)
    assert (step.missing, step.present) == (False, True)


def test_one_that_uv_has_made_gets_a_pip_first(write: Write, programs: Path, downloads: Path) -> None:
    root = write({**VENV, "requirements.txt": "nowhere-a\n"})
    assert said(only(root, downloads), root)[0] == ".venv/bin/python -m ensurepip"


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": ""},
        {"pyproject.toml": "[tool.ruff]\n", "app.py": ""},
        {"pyproject.toml": '[project]\nname = "shop"\n'},
        {"requirements.txt": "pydantic\n", "requirements-dev.txt": "nowhere-linter\n"},
    ],
)
def test_nothing_is_made_where_nothing_is_declared_or_what_runs_it_has_it(
    write: Write, programs: Path, downloads: Path, files: dict[str, str]
) -> None:
    assert python_steps(write(files), downloads) == []


def test_an_interpreter_outside_is_the_users_to_fill_and_one_inside_is_made(
    write: Write, programs: Path, downloads: Path
) -> None:
    root = write({"requirements.txt": "nowhere-a\n"})
    assert python_steps(root, downloads, str(programs / "python3")) == []
    assert python_steps(root, downloads, "../env/bin/python") == []
    step = only(root, downloads, "env/bin/python")
    assert said(step, root)[0] == "/programs/python3 -m venv env"
    assert step.outputs == (root / "env/bin/python",)


def test_a_setting_of_a_linter_reinstalls_nothing(write: Write, programs: Path, downloads: Path) -> None:
    root = write({"pyproject.toml": PROJECT})
    before = only(root, downloads).fingerprint
    write({"pyproject.toml": PROJECT + "[tool.ruff]\nline-length = 100\n"})
    assert only(root, downloads).fingerprint == before
    write({"pyproject.toml": PROJECT.replace(">=1", ">=2")})
    assert only(root, downloads).fingerprint != before
