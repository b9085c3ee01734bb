from pathlib import Path
from typing import Any

import pytest

from backend_developer.workspace.toolchains.base import Package, ServiceSpec
from tests.unit.workspace.toolchains.node.test_project import write

ROOT = Package("node", ".")
LISTENS = "createServer(handle).listen(process.env.PORT);\n"


@pytest.fixture(autouse=True)
def _no_other_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")


def services(root: Path, manifest: dict[str, Any], files: dict[str, str]) -> list[ServiceSpec]:
    node = write(root, manifest, files, "npm", "node", "tsx", "prisma")
    for name in ("npm", "node"):
        (root / "node_modules/.bin" / name).chmod(0o755)
    return node.services(root, ROOT)


def commands(specs: list[ServiceSpec]) -> list[str]:
    return [" ".join(Path(word).name if word.startswith("/") else word for word in spec.argv) for spec in specs]


@pytest.mark.parametrize(
    ("manifest", "files", "expected"),
    [
        ({"scripts": {"dev": "nodemon a.js", "start": "node a"}}, {"a.js": LISTENS}, ["npm run dev", "npm run start"]),
        ({"scripts": {"dev": "tsx watch src/index.ts"}}, {"src/x.ts": LISTENS}, ["tsx src/index.ts"]),
        ({"scripts": {"start": "node --watch a.js"}}, {"a.js": LISTENS}, ["node a.js"]),
        ({"scripts": {"dev": "tsc --watch"}}, {"server.js": LISTENS}, ["node server.js"]),
        (
            {"main": "lib/run.js"},
            {"lib/run.js": LISTENS, "src/index.ts": LISTENS},
            ["node lib/run.js", "tsx src/index.ts"],
        ),
        ({"scripts": {"dev": "next dev"}, "dependencies": {"next": "15"}}, {}, ["npm run dev"]),
        ({"scripts": {"dev": "tsc --watch"}}, {"index.js": "exports.a = 1;"}, []),
    ],
)
def test_how_a_service_is_started(
    tmp_path: Path, manifest: dict[str, Any], files: dict[str, str], expected: list[str]
) -> None:
    assert commands(services(tmp_path, manifest, files)) == expected


@pytest.mark.parametrize(
    ("dependencies", "code", "expected"),
    [
        ({"pg": "8"}, "process.env.DATABASE_URL", {"DATABASE_URL": "{database_url}"}),
        (
            {"pg": "8"},
            "process.env['DB_HOST'] + process.env.DB_NAME",
            {"DB_HOST": "{database_host}", "DB_NAME": "{database_name}"},
        ),
        ({}, 'process.env.PG_URL ?? "postgres://localhost/x"', {"PG_URL": "{database_url}"}),
        ({"mysql2": "3"}, "process.env.DATABASE_URL", {}),
    ],
)
def test_where_the_database_is_read_from(
    tmp_path: Path, dependencies: dict[str, str], code: str, expected: dict[str, str]
) -> None:
    manifest = {"dependencies": dependencies, "scripts": {"start": "node server.js", "db:migrate": "node migrate.js"}}
    first = services(tmp_path, manifest, {"server.js": f"{LISTENS}connect({code});\n"})[0]
    assert {name: value for name, value in first.env.items() if "{database" in value} == expected
    assert first.wants_database is bool(expected)
    assert [command[1:] for command in first.prepare] == ([("run", "db:migrate")] if expected else [])


def test_a_driver_without_an_address_reads_its_own_variables(tmp_path: Path) -> None:
    first = services(tmp_path, {"dependencies": {"pg": "8"}}, {"server.js": f"{LISTENS}new pg.Pool();\n"})[0]
    assert first.env["PGHOST"] == "{database_host}"
    assert first.wants_database


def test_prisma_deploys_its_migrations(tmp_path: Path) -> None:
    schema = 'datasource db {\n provider = "postgresql"\n url = env("DATABASE_URL")\n}\n'
    files = {"server.js": LISTENS, "prisma/schema.prisma": schema, "prisma/migrations/1/migration.sql": ""}
    first = services(tmp_path, {"scripts": {"migrate": "prisma migrate dev"}}, files)[0]
    assert first.env["DATABASE_URL"] == "{database_url}"
    assert [command[1:] for command in first.prepare] == [("migrate", "deploy")]
