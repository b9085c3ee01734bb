"""Real test runs of pytest, unittest and Django."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains.base import Step, StepKind, TestRun
from backend_developer.workspace.toolchains.python.toolchain import PythonToolchain
from tests.support.product import WITHOUT_PLUGINS

Write = Callable[[dict[str, str]], Path]
Run = Callable[[Step], Awaitable[Outcome]]
Steps = Callable[[PythonToolchain, StepKind], list[Step]]
Open = Callable[[Path], PythonToolchain]
Tested = tuple[str, TestRun]


@pytest.fixture
def tested(project: Write, toolchain: Open, run: Run, steps: Steps) -> Callable[..., Awaitable[Tested]]:
    async def tested(files: dict[str, str], only: list[str] | None = None) -> Tested:
        root = project(files)
        python = toolchain(root)
        (step,) = steps(python, "tests")
        step = python.only(step, only) if only else step
        return step.tool, python.tests(step, await run(step), root)

    return tested


Test = Callable[..., Awaitable[Tested]]

PYTEST = {
    "pyproject.toml": f"[tool.pytest.ini_options]\naddopts = '-x -q {WITHOUT_PLUGINS}'\n",
    "src/shop/__init__.py": (
        "def price(count):\n    return count * 2\n\ndef fail():\n    raise ValueError('no price')\n"
    ),
    "tests/test_shop.py": (
        "import pytest\nfrom shop import fail, price\n\n"
        "def test_fails():\n    fail()\n\n"
        "class TestPrice:\n    @pytest.mark.parametrize('n', [1, 2])\n    def test_price(self, n):\n"
        "        assert price(n) == 2\n\n"
        "@pytest.mark.skip\ndef test_skipped(): pass\n\n"
        "@pytest.fixture\ndef broken(): raise OSError('disk')\n\n"
        "def test_setup(broken): pass\n"
    ),
    "tests/test_missing.py": "import nowhere\n",
}


async def test_pytest_tells_every_test_in_spite_of_x_and_a_broken_file(tested: Test) -> None:
    tool, run = await tested(PYTEST)
    assert tool == "pytest"
    assert run.passed == {"tests/test_shop.py::TestPrice::test_price[1]"}
    assert run.skipped == {"tests/test_shop.py::test_skipped"}
    assert set(run.failed) == {
        "tests/test_shop.py::test_fails",
        "tests/test_shop.py::TestPrice::test_price[2]",
        "tests/test_shop.py::test_setup",
    }
    (broken,) = run.broken
    assert (broken.code, broken.file, broken.line) == ("collection", "tests/test_missing.py", 1)
    assert "nowhere" in broken.message
    finding = run.failed["tests/test_shop.py::test_fails"]
    assert (finding.file, finding.line) == ("src/shop/__init__.py", 5)
    assert "no price" in finding.message


async def test_pytest_runs_some_tests_alone(tested: Test) -> None:
    wanted = ["tests/test_shop.py::TestPrice::test_price[1]", "tests/test_shop.py::test_fails"]
    _, run = await tested(PYTEST, only=wanted)
    assert run.passed | run.failed.keys() == set(wanted)
    assert run.collected == 2


async def test_pytest_in_processes_of_xdist_is_told_once(tested: Test) -> None:
    files = {
        "pytest.ini": f"[pytest]\naddopts = -n 2 {WITHOUT_PLUGINS}\n",
        "test_x.py": "def test_a(): pass\ndef test_b(): assert 0\n",
    }
    _, run = await tested(files)
    assert run.passed == {"test_x.py::test_a"}
    assert set(run.failed) == {"test_x.py::test_b"}


async def test_a_usage_error_of_pytest_is_what_broke(tested: Test) -> None:
    ini = f"[pytest]\naddopts = --no-such-option {WITHOUT_PLUGINS}\n"
    _, run = await tested({"pytest.ini": ini, "test_x.py": "def test_a(): pass\n"})
    assert run.collected == 0
    assert [finding.code for finding in run.broken] == ["exit-4"]


UNITTEST = {
    "shop.py": "def price(): return 1\n",
    "tests/__init__.py": "",
    "tests/test_shop.py": (
        "import unittest\nimport shop\n\n"
        "class ShopTest(unittest.TestCase):\n"
        "    def test_good(self):\n        self.assertEqual(shop.price(), 1)\n"
        "    def test_bad(self):\n        self.assertEqual(shop.price(), 2)\n"
        "    def test_parts(self):\n        with self.subTest('x'):\n            self.fail('part')\n"
        "    @unittest.skip('later')\n    def test_later(self): pass\n"
    ),
    "tests/test_broken.py": "import unittest, nowhere\n",
}


async def test_unittest_with_a_subtest_and_a_broken_file(tested: Test) -> None:
    tool, run = await tested(UNITTEST)
    assert tool == "unittest"
    prefix = "tests.test_shop.ShopTest"
    assert run.passed == {f"{prefix}.test_good"}
    assert run.skipped == {f"{prefix}.test_later"}
    assert set(run.failed) == {f"{prefix}.test_bad", f"{prefix}.test_parts"}
    assert (run.failed[f"{prefix}.test_bad"].file, run.failed[f"{prefix}.test_bad"].line) == ("tests/test_shop.py", 8)
    assert ["nowhere" in finding.message for finding in run.broken] == [True]


async def test_unittest_runs_some_tests_alone(tested: Test) -> None:
    _, run = await tested(UNITTEST, only=["tests.test_shop.ShopTest.test_bad"])
    assert set(run.failed) == {"tests.test_shop.ShopTest.test_bad"}
    assert run.collected == 1


DJANGO = {
    "manage.py": (
        "import os, sys\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_settings')\n"
        "from django.core.management import execute_from_command_line\n"
        "execute_from_command_line(sys.argv)\n"
    ),
    "site_settings.py": (
        "SECRET_KEY = 'x'\nINSTALLED_APPS = ['notes']\nDEFAULT_AUTO_FIELD = 'django.db.models.AutoField'\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db.sqlite3'}}\n"
    ),
    "notes/__init__.py": "",
    "notes/tests.py": (
        "from django.test import TestCase\n\n"
        "class NoteTest(TestCase):\n"
        "    def test_good(self): pass\n"
        "    def test_bad(self):\n        self.fail('bad')\n"
    ),
}


async def test_django_through_its_own_runner(tested: Test) -> None:
    tool, run = await tested(DJANGO)
    assert tool == "django"
    assert run.passed == {"notes.tests.NoteTest.test_good"}
    assert run.failed["notes.tests.NoteTest.test_bad"].file == "notes/tests.py"


async def test_django_runs_some_tests_alone(tested: Test) -> None:
    _, run = await tested(DJANGO, only=["notes.tests.NoteTest.test_bad"])
    assert run.collected == 1


async def test_no_tests_at_all(project: Write, toolchain: Open, steps: Steps) -> None:
    assert steps(toolchain(project({"shop.py": ""})), "tests") == []
