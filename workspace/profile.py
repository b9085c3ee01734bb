"""What kind of project this is, told from its files alone."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from backend_developer.workspace.toolchains import find_packages
from backend_developer.workspace.toolchains.base import Package
from backend_developer.workspace.toolchains.dependencies import dependencies
from backend_developer.workspace.toolchains.files import read_text, walk

logger = logging.getLogger(__name__)

LANGUAGES: dict[str, str] = {
    ".py": "python",
    ".ts": "typescript",
    ".tsx": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".go": "go",
    ".rs": "rust",
    ".cs": "csharp",
    ".sql": "sql",
}
"""Ending to language; the names are the rows of the table of skills."""

MANIFESTS: dict[str, str] = {
    "pyproject.toml": "python",
    "requirements.txt": "python",
    "setup.py": "python",
    "setup.cfg": "python",
    "Pipfile": "python",
    "tsconfig.json": "typescript",
    "package.json": "javascript",
    "go.mod": "go",
    "Cargo.toml": "rust",
}

_MANIFEST_ENDINGS = {".csproj": "csharp", ".sln": "csharp"}

FRAMEWORKS: dict[str, str] = {
    "fastapi": "fastapi",
    "starlette": "starlette",
    "flask": "flask",
    "django": "django",
    "djangorestframework": "django",
    "litestar": "litestar",
    "aiohttp": "aiohttp",
    "sqlalchemy": "sqlalchemy",
    "pydantic": "pydantic",
    "celery": "celery",
    "express": "express",
    "@nestjs/core": "nestjs",
    "fastify": "fastify",
    "koa": "koa",
    "hono": "hono",
    "next": "nextjs",
    "prisma": "prisma",
    "typeorm": "typeorm",
    "github.com/gin-gonic/gin": "gin",
    "github.com/labstack/echo": "echo",
    "github.com/gofiber/fiber": "fiber",
    "github.com/go-chi/chi": "chi",
    "axum": "axum",
    "actix-web": "actix",
    "rocket": "rocket",
    "microsoft.net.sdk.web": "aspnetcore",
    "microsoft.aspnetcore.app": "aspnetcore",
}
"""Dependency to the framework that it stands for."""

DATABASES: dict[str, tuple[str, ...]] = {
    "postgresql": (
        "psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg", "pg8000", "pg", "postgres", "pgx",
        "github.com/jackc/pgx", "github.com/lib/pq", "tokio-postgres", "npgsql",
        "npgsql.entityframeworkcore.postgresql",
    ),
    "mysql": ("mysqlclient", "pymysql", "aiomysql", "asyncmy", "mysql", "mysql2", "github.com/go-sql-driver/mysql"),
    "sqlite": ("aiosqlite", "better-sqlite3", "sqlite3", "rusqlite", "github.com/mattn/go-sqlite3"),
    "mongodb": ("pymongo", "motor", "beanie", "mongoose", "mongodb", "go.mongodb.org/mongo-driver"),
    "redis": ("redis", "aioredis", "ioredis", "github.com/redis/go-redis"),
}  # fmt: skip
"""Database to the drivers that lead to it."""

_LEAST_SHARE = 0.1
_SOURCES_READ = 400
"""How many Python files are searched for imports where the manifests do not name a framework."""
_IMPORT = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)
_POSTGRES_TEXT = re.compile(
    r"postgres(?:ql)?(?:\+\w+)?://|django\.db\.backends\.postgresql|provider\s*=\s*\"postgresql\""
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Languages by number of files, frameworks and databases by name, and the projects that are gated one by one."""

    languages: list[str]
    frameworks: list[str]
    databases: list[str]
    packages: list[Package]

    def sentence(self) -> str:
        """All of it in one line, for a prompt."""
        parts = [", ".join(self.languages) or "no language yet"]
        if self.frameworks:
            parts.append("with " + ", ".join(self.frameworks))
        if self.databases:
            parts.append("on " + ", ".join(self.databases))
        folders = [package.root for package in self.packages if package.root != "."]
        return " ".join(parts) + (f"; projects in {', '.join(folders)}" if folders else "")


def detect(root: Path) -> Profile:
    """Read the project's endings, manifests and, where these name no framework, the imports of its Python files."""
    files = list(walk(root))
    names = dependencies(root, files)
    frameworks = _frameworks(names) or _frameworks(_imports(root, files))
    profile = Profile(
        languages=_languages(files),
        frameworks=frameworks,
        databases=_databases(root, files, names),
        packages=find_packages(root),
    )
    logger.info("%d files in %s: %s", len(files), root, profile.sentence())
    return profile


def _languages(files: Iterable[str]) -> list[str]:
    """By number of source files; one that has no manifest and next to no files is not the project's."""
    places = [PurePosixPath(path) for path in files]
    declared = {name for place in places if (name := _manifest_language(place))}
    counts = Counter(LANGUAGES[place.suffix] for place in places if place.suffix in LANGUAGES)
    least = max(counts.values(), default=0) * _LEAST_SHARE
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    return [name for name in ordered if name in declared or counts[name] >= least] or sorted(declared)


def _manifest_language(place: PurePosixPath) -> str | None:
    return MANIFESTS.get(place.name) or _MANIFEST_ENDINGS.get(place.suffix)


def _imports(root: Path, files: Iterable[str]) -> set[str]:
    sources = [path for path in files if path.endswith(".py")][:_SOURCES_READ]
    return {name for path in sources for name in _IMPORT.findall(read_text(root / path))}


def _frameworks(names: set[str]) -> list[str]:
    return list(dict.fromkeys(framework for name, framework in FRAMEWORKS.items() if name in names))


def _databases(root: Path, files: Iterable[str], names: set[str]) -> list[str]:
    found = [database for database, drivers in DATABASES.items() if not names.isdisjoint(drivers)]
    if "postgresql" not in found and any(_POSTGRES_TEXT.search(text) for text in _texts(root, files)):
        found.insert(0, "postgresql")
    return found


def _texts(root: Path, files: Iterable[str]) -> Iterator[str]:
    endings = {".py", ".prisma", ".yml", ".yaml", ".toml", ".ini"}
    sources = [path for path in files if PurePosixPath(path).suffix in endings][:_SOURCES_READ]
    return (read_text(root / path) for path in sources)
