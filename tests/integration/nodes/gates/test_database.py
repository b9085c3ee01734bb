"""The gate `database` on small projects: plain SQL, Alembic and Django, on a real embedded PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from backend_developer.contract import NoDatabase
from tests.support.database_judge import Judge, database_judge, errors, warnings
from tests.support.postgres import session_state_dir

state_dir = pytest.fixture(scope="module")(session_state_dir)
judge = pytest.fixture(database_judge)

USERS = (
    "CREATE TYPE mood AS ENUM ('glad', 'sad');\n"
    "CREATE TABLE users (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
    "    email text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),\n"
    "    role varchar(10) NOT NULL CHECK (role IN ('reader', 'admin')),\n    mood mood NOT NULL,\n    age integer\n);\n"
    "CREATE TABLE posts (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
    "    author bigint NOT NULL REFERENCES users (id),\n    code text NOT NULL\n);\n"
    "CREATE INDEX ON posts (author);\n"
)
SQL = {"db/migrations/0001_users.sql": USERS}


async def test_a_change_without_migrations_is_skipped(judge: Judge) -> None:
    result = await judge(SQL, {"app.py": "x = 1\n"})
    assert (result["status"], result["reason"]) == ("skip", "the task touched no migration")


async def test_a_correct_migration_passes_and_its_effect_is_the_evidence(judge: Judge) -> None:
    result = await judge(SQL, {"db/migrations/0002_name.sql": "ALTER TABLE users ADD COLUMN name text;\n"})
    assert (result["status"], result["findings"]) == ("pass", [])
    evidence = result["evidence"]["db/migrations"]
    assert evidence["schema"] == {"added": ["column users.name text"], "removed": [], "changed": []}
    assert evidence["sample_rows"] == {"users": 3, "posts": 3}
    assert evidence["tables_without_rows"] == {}


@pytest.mark.parametrize(
    ("statement", "line", "words"),
    [
        ("-- age\nALTER TABLE users\n  ALTER COLUMN age SET NOT NULL;\n", 2, "contains null values"),
        ("ALTER TABLE posts ADD UNIQUE (code);\n", 1, "is duplicated"),
        (
            "SELECT 1;\nALTER TABLE posts ALTER COLUMN code TYPE integer USING code::integer;\n",
            2,
            "invalid input syntax",
        ),
    ],
)
async def test_a_migration_that_fails_on_rows_fails_with_file_and_line(
    judge: Judge, statement: str, line: int, words: str
) -> None:
    result = await judge(SQL, {"db/migrations/0002_x.sql": statement})
    assert errors(result) == [("migration-failed-on-rows", "db/migrations/0002_x.sql", line)]
    assert words in result["findings"][0]["message"]


async def test_a_table_has_sample_rows_whatever_its_columns_are(judge: Judge) -> None:
    kinds = (
        "boolean", "date", "time", "timetz", "timestamp", "timestamptz", "interval", "json", "jsonb", "bytea", "inet",
        "cidr", "macaddr", "tsvector", "point", "uuid", "text[]", "int4range", "numeric(9, 2)", "real", "char(2)",
    )  # fmt: skip
    columns = "".join(f",\n    c{number} {kind} NOT NULL" for number, kind in enumerate(kinds))
    before = {"db/migrations/0001_all.sql": f"CREATE TABLE all_kinds (\n    id bigint PRIMARY KEY{columns}\n);\n"}
    change = {"db/migrations/0002_x.sql": "ALTER TABLE all_kinds ADD COLUMN name text;\n"}
    evidence = (await judge(before, change))["evidence"]["db/migrations"]
    assert (evidence["sample_rows"], evidence["tables_without_rows"]) == ({"all_kinds": 3}, {})


async def test_the_position_and_hint_of_postgresql_lead_to_the_line(judge: Judge) -> None:
    result = await judge(
        SQL, {"db/migrations/0002_x.sql": "CREATE INDEX ON posts (author);\nSELECT id,\n  emial\nFROM users;\n"}
    )
    assert errors(result) == [("migration-failed", "db/migrations/0002_x.sql", 3)]
    assert "HINT: Perhaps you meant to reference the column" in result["findings"][0]["message"]


async def test_design_and_locks_are_told_with_their_lines(judge: Judge) -> None:
    script = (
        "CREATE TABLE logs (\n    at timestamp,\n    user_id bigint REFERENCES users (id),\n    price real,\n"
        "    kind_id varchar\n);\nCREATE INDEX CONCURRENTLY logs_at ON logs (at);\nDROP TABLE posts;\n"
    )
    result = await judge(SQL, {"db/migrations/0002_logs.sql": script})
    file = "db/migrations/0002_logs.sql"
    assert set(errors(result)) == {
        ("no-primary-key", file, 1),
        ("timestamp-without-zone", file, 2),
        ("foreign-key-without-index", file, 3),
        ("money-in-float", file, 4),
    }
    assert {"unbounded-varchar-id", "ban-drop-table"} <= warnings(result)


async def test_a_pair_goes_down_and_up_and_a_broken_down_is_named(judge: Judge) -> None:
    up = {"m/1_a.up.sql": "CREATE TABLE a (id bigint PRIMARY KEY);\n", "m/1_a.down.sql": "DROP TABLE a;\n"}
    result = await judge({}, up)
    assert (result["status"], result["evidence"]["m"]["down"]) == ("pass", "applied")
    result = await judge({}, {**up, "m/1_a.down.sql": "\nDROP TABLE b;\n"})
    assert errors(result) == [("down-failed", "m/1_a.down.sql", 2)]
    result = await judge({}, {**up, "m/1_a.down.sql": "SELECT 1;\n"})
    assert errors(result) == [("up-again-failed", "m/1_a.up.sql", 1)]


async def test_a_migration_of_before_may_not_be_rewritten_unless_the_task_names_it(judge: Judge) -> None:
    change = {"db/migrations/0001_users.sql": USERS.replace("age integer", "age bigint")}
    assert errors(await judge(SQL, change)) == [("migration-rewritten", "db/migrations/0001_users.sql", None)]
    result = await judge(SQL, change, named=("db/migrations/0001_users.sql",))
    assert (result["status"], warnings(result)) == ("pass", {"migration-rewritten"})


async def test_what_failed_before_the_change_is_told_and_not_held_against_it(judge: Judge) -> None:
    before = {**SQL, "db/migrations/0002_old.sql": "DROP TABLE nowhere;\n"}
    result = await judge(before, {"db/migrations/0003_new.sql": "ALTER TABLE users ADD COLUMN name text;\n"})
    assert (result["status"], warnings(result)) == ("pass", {"migration-failed"})
    assert "nowhere" in result["evidence"]["db/migrations"]["before"]


async def test_a_lost_server_is_no_fault_of_the_change(judge: Judge) -> None:
    @asynccontextmanager
    async def away() -> AsyncIterator[str]:
        raise NoDatabase("It is gone.", "Start it.", source="postgres")
        yield

    result = await judge({}, SQL, database_of=away)
    assert (result["status"], result["reason"]) == ("error", "It is gone. Start it.")


async def test_the_gate_can_be_switched_off_and_leaves_other_servers_alone(judge: Judge) -> None:
    off = {"backend-developer.toml": "[database]\ngate = false\n"}
    assert (await judge(off, SQL))["status"] == "skip"
    mysql = {"my/0001_x.sql": "CREATE TABLE `x` (id int AUTO_INCREMENT);\n", "backend-developer.toml": ""}
    result = await judge({}, mysql)
    assert (result["status"], "another server" in result["reason"]) == ("skip", True)


PYPROJECT = "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['sqlalchemy', 'psycopg']\n"
ENV_PY = (
    "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n"
    "engine = create_engine(os.environ['DATABASE_URL'])\n"
    "with engine.connect() as connection:\n    context.configure(connection=connection)\n"
    "    with context.begin_transaction():\n        context.run_migrations()\n"
)
ALEMBIC = {
    "pyproject.toml": PYPROJECT,
    "alembic.ini": "[alembic]\nscript_location = alembic\n",
    "alembic/env.py": ENV_PY,
    "alembic/versions/0001_users.py": (
        "from alembic import op\nimport sqlalchemy as sa\nrevision = '0001'\ndown_revision = None\n\n\n"
        "def upgrade():\n    op.create_table('users', sa.Column('id', sa.BigInteger, primary_key=True))\n\n\n"
        "def downgrade():\n    op.drop_table('users')\n"
    ),
}
ADDED = "alembic/versions/0002_name.py"
REVISION = (
    "from alembic import op\nimport sqlalchemy as sa\nrevision = '0002'\ndown_revision = '0001'\n\n\n"
    "def upgrade():\n    op.add_column('users', sa.Column('name', sa.Text{null}))\n\n\n"
    "def downgrade():\n    op.drop_column('users', '{column}')\n"
)


async def test_alembic_goes_up_down_and_up(judge: Judge) -> None:
    result = await judge(ALEMBIC, {ADDED: REVISION.format(null="", column="name")})
    assert (result["status"], result["findings"]) == ("pass", [])
    assert result["evidence"]["alembic"]["schema"]["added"] == ["column users.name text"]
    assert result["evidence"]["alembic"]["down"] == "applied"
    assert "alembic" in result["command"]


async def test_alembic_failures_carry_file_line_and_postgresqls_words(judge: Judge) -> None:
    result = await judge(ALEMBIC, {ADDED: REVISION.format(null=", nullable=False", column="nmae")})
    assert set(errors(result)) == {("migration-failed-on-rows", ADDED, 8), ("down-failed", ADDED, 12)}
    told = " ".join(one["message"] for one in result["findings"])
    assert 'column "name" of relation "users" contains null values' in told


DJANGO = {
    "pyproject.toml": "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['django', 'psycopg']\n",
    "manage.py": (
        "import os, sys\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n"
        "from django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n"
    ),
    "settings.py": (
        "import os\nSECRET_KEY = 'x'\nINSTALLED_APPS = ['shop']\nUSE_TZ = True\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': os.environ['POSTGRES_DB'],\n"
        "    'HOST': os.environ['POSTGRES_HOST'], 'USER': os.environ['POSTGRES_USER']}}\n"
    ),
    "shop/__init__.py": "",
    "shop/migrations/__init__.py": "",
    "shop/migrations/0001_initial.py": (
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    operations = [\n"
        "        migrations.CreateModel('Item', fields=[('id', models.BigAutoField(primary_key=True))]),\n    ]\n"
    ),
}
DJANGO_ADDED = "shop/migrations/0002_name.py"
FIELD = (
    "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
    "    dependencies = [('shop', '0001_initial')]\n    operations = [\n"
    "        migrations.AddField('item', 'note', models.TextField(null=True)),\n        {more}\n    ]\n"
)


async def test_django_goes_up_down_and_up(judge: Judge) -> None:
    result = await judge(DJANGO, {DJANGO_ADDED: FIELD.format(more="")})
    assert (result["status"], errors(result)) == ("pass", [])
    assert result["evidence"]["django"]["schema"]["added"] == ["column shop_item.note text"]


async def test_a_django_migration_that_fails_on_rows_is_placed(judge: Judge) -> None:
    more = "migrations.RunSQL('ALTER TABLE shop_item ADD COLUMN size integer NOT NULL', migrations.RunSQL.noop),"
    result = await judge(DJANGO, {DJANGO_ADDED: FIELD.format(more=more)})
    assert ("migration-failed-on-rows", DJANGO_ADDED, 8) in errors(result)
