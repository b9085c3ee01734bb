"""Loading langgraph and langchain in about half their time.

Two things cost a start most (measured on langgraph 1.2.22, langsmith 0.15, Python 3.11): packages that are loaded for
one small submodule, such as `langsmith.types` with its 200 pydantic models for one alias (0.13 s), and the garbage
collector, which walks the growing heap again and again though an import leaves next to no garbage.
"""

import gc
import importlib
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

DEFERRED = (
    "langchain_openai",
    "langchain_openai.chat_models",
    "langgraph_sdk",
    "langsmith.types",
    "openai.types",
    "openai.types.chat",
    "openai.types.graders",
    "openai.types.responses",
)
"""Packages whose `__init__` loads far more than a run uses; their submodules are what is asked for."""

_loading = threading.RLock()


@contextmanager
def quick_imports() -> Iterator[None]:
    """What is imported in the body loads without the collector, and the deferred packages on first use only.

    The import system is as before afterwards. A package that was loaded already stays as it is.
    In a process that has frozen its heap before, as the command line does, what was loaded is frozen too: the
    collector need not walk it at the first requests (0.1 s).
    """
    finder = DeferringFinder(DEFERRED)
    collecting = gc.isenabled()
    gc.disable()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        if gc.get_freeze_count():
            gc.freeze()
        if collecting:
            gc.enable()


def load(name: str) -> ModuleType:
    """Import a module as `quick_imports` does."""
    with quick_imports():
        return importlib.import_module(name)


class DeferringFinder(MetaPathFinder):
    """Finds the named packages where they are, and gives them a loader that waits."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None for all others."""
        if fullname not in self._names:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None and spec.submodule_search_locations is not None:
            spec.loader = _WaitingLoader(spec.loader)
        return spec


class _WaitingLoader(Loader):
    def __init__(self, real: Loader) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return DeferredPackage(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        assert isinstance(module, DeferredPackage)
        module.__dict__["__deferred__"] = self._real


class DeferredPackage(ModuleType):
    """A package whose submodules can be imported, and whose own body runs when a name of it is first asked for.

    The standard `LazyLoader` runs the body at the import of a submodule already, since that asks for `__path__`.
    """

    def __getattr__(self, name: str) -> Any:
        with _loading:
            # Taken out first: while the body runs, a name that is missing is missing.
            real = self.__dict__.pop("__deferred__", None)
            if real is not None:
                real.exec_module(self)
        if name in self.__dict__:
            return self.__dict__[name]
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
