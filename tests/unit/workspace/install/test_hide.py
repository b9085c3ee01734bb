from pathlib import Path

import pytest

from backend_developer.workspace.install.hide import hide_from_git
from tests.support.product import write_files


@pytest.mark.parametrize(
    ("files", "hidden"),
    [
        ({}, True),
        ({".gitignore": "dist/\n"}, True),
        ({".gitignore": "node_modules\n"}, False),
        ({"api/.gitignore": "node_modules/\n"}, False),
        ({".gitignore": "/api\n"}, False),
        ({"api/node_modules/.gitignore": "!mine\n"}, False),
    ],
)
def test_a_folder_that_no_rule_names_hides_itself(tmp_path: Path, files: dict[str, str], hidden: bool) -> None:
    write_files(tmp_path, {**files, "api/node_modules/x/index.js": ""})
    hide_from_git(tmp_path, tmp_path / "api" / "node_modules")
    own = tmp_path / "api" / "node_modules" / ".gitignore"
    assert (own.exists() and own.read_text() == "*\n") is hidden


def test_a_link_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "node_modules").symlink_to(tmp_path / "elsewhere")
    hide_from_git(tmp_path, tmp_path / "node_modules")
    assert list((tmp_path / "elsewhere").iterdir()) == []
