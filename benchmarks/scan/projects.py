"""The projects that the scan is measured on, fetched by the clients of their registries into a cache of our own."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
CACHE = REPOSITORY / ".venv" / "scan-benchmark"
OWN_COMMIT = "9cffe17"


@dataclass(frozen=True, slots=True)
class Project:
    """One project of somebody else's."""

    name: str
    title: str
    fetch: Callable[["Project", Path], None]
    package: str
    root: str
    """Folder of its sources inside of what is unpacked; may be a pattern."""

    def sources(self) -> Path:
        """Where its sources are, fetched where they are not there yet.

        Raises `CalledProcessError` where a client fails, `FileNotFoundError` where it is not there.
        """
        folder = CACHE / self.name
        if not folder.exists():
            arriving = CACHE / f"{self.name}.arriving"
            shutil.rmtree(arriving, ignore_errors=True)
            arriving.mkdir(parents=True)
            self.fetch(self, arriving)
            arriving.rename(folder)
        return next(folder.glob(self.root))


def _from_pypi(project: Project, folder: Path) -> None:
    only = project.package.partition("==")[0]
    pip = (sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", only, project.package, "-d", ".")
    subprocess.run(pip, cwd=folder, check=True)
    _unpack(folder)


def _from_npm(project: Project, folder: Path) -> None:
    subprocess.run(("npm", "pack", "--silent", project.package), cwd=folder, check=True)
    _unpack(folder)


def _from_debian(project: Project, folder: Path) -> None:
    subprocess.run(("apt-get", "download", "-q", project.package), cwd=folder, check=True)
    (package,) = folder.glob("*.deb")
    subprocess.run(("dpkg-deb", "-x", package.name, "."), cwd=folder, check=True)


def _from_history(project: Project, folder: Path) -> None:
    archive = folder / "product.tar"
    git = ("git", "archive", "--prefix=product/", "-o", str(archive), project.package)
    subprocess.run(git, cwd=REPOSITORY, check=True)
    shutil.unpack_archive(archive, folder, "tar", filter="data")
    shutil.rmtree(folder / "product" / "tests")


def _unpack(folder: Path) -> None:
    for archive in [*folder.glob("*.tar.gz"), *folder.glob("*.tgz")]:
        shutil.unpack_archive(archive, folder, "gztar", filter="data")


DJANGO = Project("django", "Django 5.2", _from_pypi, "django==5.2", "[dD]jango-5.2")
PROJECTS = (
    DJANGO,
    Project("fief", "fief-server 0.27.0 (FastAPI)", _from_pypi, "fief-server==0.27.0", "fief_server-0.27.0"),
    Project("express", "Express 5.1.0", _from_npm, "express@5.1.0", "package"),
    Project("gin", "gin (Go)", _from_debian, "golang-github-gin-gonic-gin-dev", "usr/share/gocode/src/*/*/gin"),
    Project("reqwest", "reqwest (Rust)", _from_debian, "librust-reqwest-dev", "usr/share/cargo/registry/reqwest-*"),
    Project("own", f"this repository at {OWN_COMMIT}, which no model can know", _from_history, OWN_COMMIT, "product"),
)

_GO = "usr/share/gocode/src/github.com"
_RUST = "usr/share/cargo/registry"
DEVELOPMENT = (
    Project("werkzeug", "Werkzeug 3.1.3", _from_pypi, "werkzeug==3.1.3", "werkzeug-3.1.3"),
    Project("starlette", "Starlette 0.46.2", _from_pypi, "starlette==0.46.2", "starlette-0.46.2"),
    Project("fastify", "Fastify 5.4.0", _from_npm, "fastify@5.4.0", "package"),
    Project("trpc", "tRPC's server 11.4.3 (TypeScript)", _from_npm, "@trpc/server@11.4.3", "package"),
    Project("echo", "echo (Go)", _from_debian, "golang-github-labstack-echo-dev", f"{_GO}/labstack/echo"),
    Project("ureq", "ureq (Rust)", _from_debian, "librust-ureq-dev", f"{_RUST}/ureq-*"),
)
"""Those that the ranking is developed on, beside `PROJECTS`."""
