from pathlib import Path

import pytest

from backend_developer.workspace.toolchains.python.packages import find_packages

PROJECT = "[project]\nname = 'x'\nversion = '1'\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pyproject.toml": PROJECT, "docs/requirements.txt": "sphinx", "src/a/b.py": ""}, ["."]),
        ({"app.py": ""}, ["."]),
        ({"a/pyproject.toml": PROJECT, "b/requirements.txt": "", "tests/setup.py": ""}, ["a", "b"]),
        ({"pyproject.toml": "[tool.ruff]\n", "a/pyproject.toml": PROJECT}, ["a"]),
        ({"pyproject.toml": "[tool.ruff]\n"}, ["."]),
        ({"pyproject.toml": "[tool.poetry]\nname = 'x'\n", "sub/setup.py": ""}, ["."]),
        ({"package.json": "{}", "index.js": ""}, []),
        ({"node_modules/x/setup.py": "", "index.js": ""}, []),
        ({}, []),
    ],
)
def test_outermost_manifests_are_projects(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert [package.root for package in find_packages(tmp_path)] == expected
