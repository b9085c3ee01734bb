from pathlib import Path

import pytest

from backend_developer.workspace.toolchains.make.makefile import Makefile
from tests.support.product import write_files

MAKEFILE = """\
# Everything.
PYTHON ?= python3
PYTHON ?= python2
BIN := .venv/bin
FLAGS = -q
FLAGS += -ra
ROOT != pwd
include make/*.mk
-include local.mk

.PHONY: test lint check

define HELP
test: not a rule
endef

test: .env lint | ready ## Run all tests
\t@$(PYTHON) -m pytest $(FLAGS) \\
\t  $(ARGS)
\t-$(MAKE) more

.env:
\tcp .env.sample .env
ready: ; @echo $$HOME
more:
\t./more.sh
ifdef CI
more: CI = 1
endif
lint:
\t${BIN}/ruff check .
%.o: %.c
\tcc $<
loop: loop
\ttrue
"""


def written(root: Path, files: dict[str, str]) -> Path:
    write_files(root, files)
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return written(tmp_path, {"Makefile": MAKEFILE, "make/go.mk": "build: lint\n\tgo build ./...\n", ".env": ""})


def test_a_target_is_its_recipe_after_those_of_what_it_needs(root: Path) -> None:
    makefile = Makefile.of(root)
    assert makefile is not None
    lint = ".venv/bin/ruff check ."
    assert makefile.commands("test") == [lint, "echo $HOME", "python3 -m pytest -q -ra", "./more.sh"]
    assert makefile.commands("build") == [lint, "go build ./..."]
    assert makefile.commands("loop") == ["true"]
    assert makefile.commands("check") == []
    assert makefile.files == ("Makefile", "make/go.mk")


def test_what_is_no_file_yet_is_made(root: Path) -> None:
    (root / ".env").unlink()
    makefile = Makefile.of(root)
    assert makefile is not None
    assert makefile.commands("test")[0] == "cp .env.sample .env"


def test_the_file_is_the_one_that_make_takes(root: Path) -> None:
    (root / "GNUmakefile").write_text("test:\n\ttrue\n")
    makefile = Makefile.of(root)
    assert makefile is not None
    assert makefile.commands("test") == ["true"]
    assert Makefile.of(root / "make") is None


def test_a_target_stands_still_where_a_file_has_its_name(root: Path) -> None:
    makefile = Makefile.of(root)
    assert makefile is not None
    assert not makefile.stands_still("build")
    for name in ("build", "test"):
        (root / name).mkdir()
    assert makefile.stands_still("build")
    assert not makefile.stands_still("test"), "it is phony"


def test_files_that_include_each_other_are_read_once(tmp_path: Path) -> None:
    each = "include *.mk\ntest: ; ./test.sh\n"
    root = written(tmp_path, dict.fromkeys(("Makefile", *(f"{part}.mk" for part in "abcdefgh")), each))
    makefile = Makefile.of(root)
    assert makefile is not None
    assert len(makefile.files) == 9
