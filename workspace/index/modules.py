"""Which file of the project a name of a module means. Only paths are looked at, and the names of Go's modules.

A module is told by the path of its file; a Python package by its `__init__.py`, be there one or not; a Go package,
whose files share their names, by `*.go` in its folder; and all files of C#, whose names need no import, by `*.cs`.
"""

import posixpath
from collections.abc import Iterable, Mapping

_INIT = "/__init__.py"
_PACKAGE = "*.go"
_EVERYWHERE = "*.cs"
_SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs")
_COMPILED = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
"""What an import names a file by that is not compiled yet."""
_FROM_THE_ROOT = ("@", "~/", "src/")
"""How imports of scripts begin that name a file from the project's folder of sources on, or a package of a scope."""
_CRATES = ("lib.rs", "main.rs")


class Modules:
    """The modules of one project."""

    def __init__(self, paths: Iterable[str], roots: Mapping[str, str]) -> None:
        """The paths of all files; `roots` gives each `go.mod` the name of its module."""
        self._paths = frozenset(paths)
        self._roots = sorted(((posixpath.dirname(path), name) for path, name in roots.items()), reverse=True)
        self._folders: set[str] = set()
        for path in self._paths:
            while (path := posixpath.dirname(path)) and path not in self._folders:
                self._folders.add(path)
        self._by_name: dict[str, list[str]] = {}
        for stem in sorted({posixpath.splitext(path)[0] for path in self._paths} | self._folders):
            self._by_name.setdefault(posixpath.basename(stem), []).append(stem)

    def find(self, module: str, at: str) -> str | None:
        """The module that a file means by this name; None where it is none of the project's."""
        if at.endswith(".py"):
            return self._python(module, at)
        if at.endswith(_SCRIPTS):
            return self._script(module, at)
        return self._package(module) if at.endswith(".go") else None

    def home(self, path: str) -> str:
        """The module that a file is part of."""
        if path.endswith(".cs"):
            return _EVERYWHERE
        return posixpath.join(posixpath.dirname(path), _PACKAGE) if path.endswith(".go") else path

    def shared(self, module: str) -> bool:
        """Whether a module is made of many files."""
        return module.endswith((_PACKAGE, _EVERYWHERE))

    def inner(self, name: str, at: str) -> str | None:
        """The module of this name within another one."""
        if at.endswith(".rs"):
            return self._rust(name, at)
        return self._python_file(posixpath.join(posixpath.dirname(at), name)) if f"/{at}".endswith(_INIT) else None

    def _python(self, module: str, at: str) -> str | None:
        name = module.lstrip(".")
        up, tail = len(module) - len(name), name.replace(".", "/")
        if not up:
            return next((found for stem in self._nearest(tail, at) if (found := self._python_file(stem))), None)
        folder = posixpath.dirname(at)
        for _ in range(up - 1):
            folder = posixpath.dirname(folder)
        return self._python_file(posixpath.join(folder, tail).rstrip("/"))

    def _python_file(self, stem: str) -> str | None:
        package = f"{stem}{_INIT}".lstrip("/")
        if package in self._paths:
            return package
        if f"{stem}.py" in self._paths:
            return f"{stem}.py"
        return package if not stem or stem in self._folders else None

    def _nearest(self, tail: str, at: str) -> list[str]:
        """The paths, without their suffix, that end so; those nearest to a file first."""
        found = [stem for stem in self._by_name.get(posixpath.basename(tail), ()) if f"/{stem}".endswith(f"/{tail}")]
        return sorted(
            found, key=lambda stem: (-len(posixpath.commonprefix([stem.split("/"), at.split("/")])), len(stem))
        )

    def _script(self, module: str, at: str) -> str | None:
        if module.startswith("."):
            return self._script_file(posixpath.normpath(posixpath.join(posixpath.dirname(at), module)))
        if not module.startswith(_FROM_THE_ROOT):
            return None
        tail = module[1:].lstrip("/") if module[0] in "@~" else module.partition("/")[2]
        above = [posixpath.join(folder, "src") for folder in _upwards(at)] + list(_upwards(at))
        return next((found for folder in above if (found := self._script_file(posixpath.join(folder, tail)))), None)

    def _script_file(self, path: str) -> str | None:
        stem, suffix = posixpath.splitext(path)
        folder = "" if path == "." else f"{path}/"
        tried = [path, *(f"{stem}{other}" for other in _COMPILED.get(suffix, ()))]
        tried += [f"{path}{other}" for other in _SCRIPTS] + [f"{folder}index{other}" for other in _SCRIPTS]
        return next((one for one in tried if one in self._paths), None)

    def _package(self, module: str) -> str | None:
        for folder, name in self._roots:
            if f"{module}/".startswith(f"{name}/"):
                found = posixpath.join(folder, module[len(name) :].lstrip("/")).rstrip("/")
                if not found or found in self._folders:
                    return posixpath.join(found, _PACKAGE)
        return None

    def _rust(self, name: str, at: str) -> str | None:
        folder, file = posixpath.split(at)
        if name == "self":
            return at
        if name == "crate":
            return self._crate(at)
        if name == "super":
            stem = folder if file != "mod.rs" else posixpath.dirname(folder)
            return self._first(f"{stem}.rs", *(posixpath.join(stem, one) for one in ("mod.rs", *_CRATES)))
        own = folder if file in {"mod.rs", *_CRATES} else at.removesuffix(".rs")
        inner = self._first(posixpath.join(own, f"{name}.rs"), posixpath.join(own, name, "mod.rs"))
        return inner or self._other_crate(name)

    def _crate(self, at: str) -> str | None:
        """The file that a crate begins with."""
        folder, file = posixpath.split(at)
        if file in _CRATES or posixpath.basename(folder) == "bin":
            return at
        above = (posixpath.join(one, crate) for one in _upwards(at) for crate in _CRATES)
        return self._first(*above)

    def _other_crate(self, name: str) -> str | None:
        """The library of a workspace whose folder has this name, where there is one."""
        ends = (f"/{name}/src/lib", f"/{name.replace('_', '-')}/src/lib")
        found = [stem for stem in self._by_name.get("lib", ()) if f"/{stem}".endswith(ends)]
        return f"{found[0]}.rs" if len(found) == 1 else None

    def _first(self, *paths: str) -> str | None:
        return next((path for path in paths if path in self._paths), None)


def _upwards(at: str) -> list[str]:
    """The folders that a file is in, the innermost first; the project's own is the last."""
    folders = []
    while at:
        at = posixpath.dirname(at)
        folders.append(at)
    return folders
