"""Packages that load on first use, and an import system that is as before afterwards."""

import gc
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import backend_developer.graph
from backend_developer.graph import startup
from backend_developer.graph.startup import DeferringFinder, load, quick_imports

NAME = "deferred_sample"
BODY = "from deferred_sample.part import VALUE\nloaded = True\nfrom deferred_sample import part\n"


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package that is to be deferred; nothing of it is loaded."""
    package = tmp_path / NAME
    package.mkdir()
    (package / "__init__.py").write_text(BODY, encoding="utf-8")
    (package / "part.py").write_text("VALUE = 3\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(startup, "DEFERRED", (NAME,))
    yield NAME
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


def body_ran() -> bool:
    return "loaded" in vars(sys.modules[NAME])


def test_the_submodule_loads_without_the_body_of_its_package(sample: str) -> None:
    part = load(f"{sample}.part")
    assert part.VALUE == 3
    assert not body_ran()


def test_the_body_runs_when_a_name_of_it_is_asked_for(sample: str) -> None:
    package = load(sample)
    assert not body_ran()
    assert package.VALUE == 3
    assert body_ran()


def test_an_import_of_a_name_runs_the_body_too(sample: str) -> None:
    load(f"{sample}.part")
    namespace: dict[str, object] = {}
    exec(f"from {sample} import loaded", namespace)
    assert namespace["loaded"] is True


def test_a_name_that_is_missing_is_an_attribute_error(sample: str) -> None:
    with pytest.raises(AttributeError, match=r"deferred_sample.*nothing_like_it"):
        _ = load(sample).nothing_like_it


def test_a_package_that_is_loaded_stays_as_it_is(sample: str) -> None:
    package = importlib.import_module(sample)
    assert type(package) is ModuleType
    assert load(sample) is package


def test_the_import_system_is_as_before(sample: str) -> None:
    before = list(sys.meta_path)
    with quick_imports():
        assert isinstance(sys.meta_path[0], DeferringFinder)
        assert not gc.isenabled()
    assert sys.meta_path == before
    assert gc.isenabled()
    assert type(importlib.import_module(sample)) is ModuleType


def test_a_failing_import_leaves_nothing_behind() -> None:
    before = list(sys.meta_path)
    with pytest.raises(ModuleNotFoundError):
        load("no_module_of_this_name")
    assert sys.meta_path == before
    assert gc.isenabled()


def test_the_graph_is_offered_by_its_package() -> None:
    from backend_developer.graph import Options, build_graph  # noqa: PLC0415 - what is tested
    from backend_developer.graph.builder import build_graph as built  # noqa: PLC0415 - likewise
    from backend_developer.graph.options import Options as options  # noqa: N813, PLC0415 - likewise

    assert (build_graph, Options) == (built, options)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = backend_developer.graph.nothing
