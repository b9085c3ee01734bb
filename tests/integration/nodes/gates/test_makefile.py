"""Gates whose commands are targets of a Makefile, run by a real make."""

from pathlib import Path

import pytest

from backend_developer.nodes.gates import tests as test_node
from backend_developer.nodes.gates.build import build
from backend_developer.nodes.gates.lint import lint
from tests.support.gate_run import GateRun, errors, statuses
from tests.support.product import WITHOUT_PLUGINS, write_files

PYTEST = f"[tool.pytest.ini_options]\naddopts = '{WITHOUT_PLUGINS}'\n"

FILES = {
    "pyproject.toml": f"[project]\nname = 'shop'\nversion = '1'\n[tool.ruff]\n{PYTEST}",
    "shop.py": "import os\n\n\ndef price(count):\n    return count * 2\n",
    "scripts/check.sh": "grep -n cheap shop.py | sed 's/^/shop.py:/; s/$/ is not ours/'\n! grep -q cheap shop.py\n",
    "scripts/test.sh": "python -m pytest -q tests\n",
    "tests/test_shop.py": (
        "import shop\n\n\ndef test_price():\n    assert shop.price(2) == 4\n\n\n"
        "def test_old():\n    assert shop.price(1) == 1\n"
    ),
    "Makefile": (
        ".PHONY: lint style words test build\nlint: style words\nstyle:\n\truff check --select F .\n"
        "words:\n\t@sh scripts/check.sh\ntest:\n\tPYTHONPATH=$$PYTHONPATH:. sh scripts/test.sh\n"
        "build:\n\tpython -c 'import shop'\n"
    ),
}


def written(root: Path, files: dict[str, str]) -> Path:
    write_files(root, files)
    return root


@pytest.fixture
def run(tmp_path: Path) -> GateRun:
    return GateRun(written(tmp_path / "project", FILES), tmp_path / "state")


async def test_targets_are_run_with_findings_and_tests_told_from_old_ones(run: GateRun) -> None:
    before = await run.before()
    assert statuses(before) == {"lint": "fail", "build": "pass", "tests": "fail"}
    assert errors(before["lint"]) == [("lint/make", "error", ("shop.py", 1))]
    assert before["tests"]["evidence"]["outcomes"][".:make"] == {
        "passed": ["tests/test_shop.py::test_price"],
        "failed": ["tests/test_shop.py::test_old"],
        "skipped": [],
    }
    assert (await run.play(lint))["status"] == "pass"

    run.change("shop.py", "return count * 2", "return count * 3  # cheap")
    (word,) = errors(await run.play(lint))
    assert word == ("lint/make", "error", ("shop.py", 5))
    assert errors(await run.play(test_node.tests)) == [("tests/make", "test-failed", ("tests/test_shop.py", 5))]

    run.change("shop.py", "def price", "raise SystemExit(3)\n\n\ndef price")
    assert [found[:2] for found in errors(await run.play(build))] == [("build/make", "exit-2")]


async def test_a_target_that_is_what_the_toolchain_runs_is_left_to_it(run: GateRun) -> None:
    run.change("Makefile", "ruff check --select F .", "ruff check .")
    run.change("Makefile", "\t@sh scripts/check.sh", "\t@echo nothing more")
    assert errors(await run.play(lint)) == [("lint/ruff", "F401", ("shop.py", 1))]


async def test_a_makefile_of_the_tasks_own_is_no_measure(run: GateRun) -> None:
    makefile = run.root / "Makefile"
    makefile.rename(run.root / "aside")
    before = await run.before()
    assert errors(before["lint"]) == [("lint/ruff", "F401", ("shop.py", 1))]
    makefile.write_text("lint:\n\t./none\nbuild:\n\t./none\ntest:\n\t./none\n")
    for node in (lint, build, test_node.tests):
        assert (await run.play(node))["status"] == "pass"
    run.change("shop.py", "import os\n", "import os\nimport sys\n")
    assert errors(await run.play(lint)) == [("lint/ruff", "F401", ("shop.py", 2))]


async def test_a_target_beside_a_folder_of_its_name_is_run_all_the_same(run: GateRun) -> None:
    run.change("Makefile", ".PHONY: lint style words test build\n", "")
    for name in ("build", "test"):
        (run.root / name).mkdir()
    run.change("shop.py", "def price", "raise SystemExit(3)\n\n\ndef price")
    assert [found[:2] for found in errors(await run.play(build))] == [("build/make", "exit-2")]


async def test_a_makefile_that_a_task_puts_into_another_package_is_no_measure_of_that(tmp_path: Path) -> None:
    package = {"pyproject.toml": "[project]\nname = 'one'\nversion = '1'\n[tool.ruff]\n", "one.py": "import os\n"}
    makefile = "lint:\n\tsh -c 'exit 0' && ruff check --select E9 one.py\n"
    for folder in ("api", "web"):
        write_files(tmp_path / "project" / folder, package)
    write_files(tmp_path / "project" / "web", {"Makefile": makefile})
    run = GateRun(tmp_path / "project", tmp_path / "state")
    before = await run.before()
    assert errors(before["lint"]) == [("lint/ruff", "F401", ("api/one.py", 1))]

    write_files(run.root / "api", {"Makefile": makefile})
    run.change("api/one.py", "import os\n", "import os\nimport sys\n")
    assert errors(await run.play(lint)) == [("lint/ruff", "F401", ("api/one.py", 2))]


async def test_a_target_that_has_built_its_file_still_judges(run: GateRun) -> None:
    run.change("Makefile", "build:\n\tpython -c 'import shop'\n", "build: out\nout: shop.py\n\tpython shop.py > out\n")
    assert (await run.before())["build"]["status"] == "pass"
    assert (run.root / "out").is_file()
    assert (await run.play(build))["status"] == "pass"
    run.change("shop.py", "def price", "raise SystemExit(3)\n\n\ndef price")
    assert ("build/make", "exit-2") in [found[:2] for found in errors(await run.play(build))]
