from pathlib import Path

import pytest

from backend_developer.workspace.toolchains.python.manifests import declared, hooks, needed, read_toml


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pyproject.toml", '[project]\ndependencies = ["Flask>=3", "tomli; python_version < \'3\'"]\n', {"flask"}),
        ("pyproject.toml", '[project.optional-dependencies]\ndev = ["ruff"]\n', {"ruff"}),
        ("pyproject.toml", '[dependency-groups]\ndev = ["mypy", {include-group = "x"}]\n', {"mypy"}),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"\nDjango = "*"\n', {"django"}),
        ("pyproject.toml", '[tool.poetry.group.dev.dependencies]\npytest = "*"\n', {"pytest"}),
        (
            "requirements.txt",
            "# c\n-r other.txt\nFlask_Login==1 --hash=sha256:0 # why\n\nnot a name\n",
            {"flask-login"},
        ),
        ("requirements/dev.txt", "black\n", {"black"}),
        ("requirements-dev.txt", "isort\n", {"isort"}),
        (
            "setup.cfg",
            "[options]\ninstall_requires =\n    flask\n[options.extras_require]\nx = ruff\n",
            {"flask", "ruff"},
        ),
        (
            "setup.py",
            "from setuptools import setup\nsetup(install_requires=['flask>=2', 'click'])\n",
            {"flask", "click"},
        ),
        ("Pipfile", '[packages]\nflask = "*"\n[dev-packages]\npytest = "*"\n', {"flask", "pytest"}),
        ("pyproject.toml", "[project\n", set()),
        ("setup.py", "setup(\n", set()),
        ("setup.cfg", "no section\n", set()),
    ],
)
def test_dependencies_are_read_from_every_manifest(tmp_path: Path, name: str, text: str, expected: set[str]) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    assert declared(tmp_path, read_toml(tmp_path / "pyproject.toml")) == expected


def test_what_is_needed_leaves_out_development(tmp_path: Path) -> None:
    text = '[project]\ndependencies = ["flask"]\n[dependency-groups]\ndev = ["mypy"]\n'
    (tmp_path / "pyproject.toml").write_text(text)
    assert needed(tmp_path, read_toml(tmp_path / "pyproject.toml")) == {"flask"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("repos:\n- repo: x\n  hooks:\n  - id: ruff\n  - id: mypy\n", {"ruff", "mypy"}),
        ("repos: [", set()),
        ("- just\n- a list\n", set()),
    ],
)
def test_hooks_of_pre_commit(tmp_path: Path, text: str, expected: set[str]) -> None:
    (tmp_path / ".pre-commit-config.yaml").write_text(text)
    assert hooks(tmp_path) == expected
