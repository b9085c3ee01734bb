from pathlib import Path

import pytest

from backend_developer.workspace.toolchains.python.conventions import TestConvention
from backend_developer.workspace.toolchains.python.toolchain import PythonToolchain


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/factories.py", True),
        ("shop/tests/data.json", True),
        ("shop/test_prices.py", True),
        ("prices_test.py", True),
        ("conftest.py", True),
        ("test/prices.py", True),
        ("shop/test/client.py", False),
        ("shop/testing.py", False),
        ("shop/tests.py", False),
        ("contest.py", False),
    ],
)
def test_conventions_of_python(path: str, *, expected: bool) -> None:
    assert TestConvention().holds(path) is expected


def test_djangos_tests_py_is_a_test_only_in_a_django_project(tmp_path: Path) -> None:
    (tmp_path / "manage.py").touch()
    assert PythonToolchain(tmp_path, tmp_path).is_test("shop/tests.py")


def test_settings_of_pytest_add_to_them_unless_they_name_code(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "pyproject.toml").write_text(
        "[project]\nname = 'x'\n"
        "[tool.pytest.ini_options]\ntestpaths = ['spec', 'src']\npython_files = 'check_test*.py *.py'\n"
    )
    toolchain = PythonToolchain(tmp_path, tmp_path)
    assert toolchain.is_test("api/spec/users.py")
    assert toolchain.is_test("api/src/check_test1.py")
    assert not toolchain.is_test("api/src/users.py")
    assert not toolchain.is_test("spec/users.py")
