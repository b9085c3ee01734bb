"""squawk within the gate `database`: on SQL files, and on what Alembic and Django render; nothing silences it."""

import pytest

from tests.support.database_judge import Judge, database_judge, errors, warnings
from tests.support.python_migrations import ALEMBIC, ALEMBIC_ADDED, DJANGO, DJANGO_ADDED, FIELD

judge = pytest.fixture(database_judge)

USERS = {"m/1_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE logs (id bigint PRIMARY KEY);\n"}
ADDED = "m/2_x.sql"
REVISION = (
    "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = '0002'\ndown_revision = '0001'\n\n\n"
    "def upgrade():\n    op.add_column('users', sa.Column('code', sa.CHAR(3)))\n    op.create_index(\n"
    "        'users_code', 'users', ['code']\n    )\n{more}\n\ndef downgrade():\n    op.drop_column('users', 'code')\n"
)


def told(result: dict[str, object]) -> set[tuple[str, str, int]]:
    """Code, file and line of what squawk says."""
    findings: list[dict[str, str | int]] = result["findings"]  # type: ignore[assignment]
    return {
        (str(one["code"]), str(one["file"]), int(one["line"])) for one in findings if one["source"] == "database/squawk"
    }


async def test_alembics_sql_is_judged_at_its_operations(judge: Judge) -> None:
    result = await judge(ALEMBIC, {ALEMBIC_ADDED: REVISION.format(more="")})
    assert (result["status"], result.get("reason")) == ("pass", None)
    assert told(result) == {
        ("ban-char-field", ALEMBIC_ADDED, 9),
        ("require-concurrent-index-creation", ALEMBIC_ADDED, 10),
    }


async def test_what_a_merge_of_two_heads_does_itself_is_judged(judge: Judge) -> None:
    branch = "revision = '{name}'\ndown_revision = {parents}\nfrom alembic import op\n\n\ndef upgrade():\n    {does}\n"
    heads = {
        f"alembic/versions/{name}.py": branch.format(name=name, parents="'0001'", does=f"op.execute('{sql}')")
        for name, sql in (("a", "DROP TABLE IF EXISTS x"), ("b", "DROP TABLE IF EXISTS y"))
    }
    merge = "alembic/versions/0003_merge.py"
    does = "op.execute('TRUNCATE users CASCADE')\n\n\ndef downgrade():\n    pass"
    result = await judge(ALEMBIC | heads, {merge: branch.format(name="0003", parents="('a', 'b')", does=does)})
    assert errors(result) == [("ban-truncate-cascade", merge, 7)]
    assert told(result) == {("ban-truncate-cascade", merge, 7)}
    assert result["evidence"]["alembic"]["down"] == "applied"


async def test_a_migration_that_reads_data_is_not_rendered_and_says_so(judge: Judge) -> None:
    reads = "    for row in op.get_bind().execute(sa.text('SELECT id FROM users')).fetchall():\n        print(row)\n"
    result = await judge(ALEMBIC, {ALEMBIC_ADDED: REVISION.format(more=reads)})
    assert (result["status"], told(result)) == ("pass", set())
    assert f"squawk was not asked about {ALEMBIC_ADDED}" in result["reason"]


async def test_djangos_sql_is_judged_at_its_operations(judge: Judge) -> None:
    more = "migrations.RemoveField('item', 'note'), migrations.RunSQL(\n'TRUNCATE shop_item CASCADE', ''),"
    result = await judge(DJANGO, {DJANGO_ADDED: FIELD.format(more=more)})
    assert errors(result) == [("ban-truncate-cascade", DJANGO_ADDED, 8)]
    assert told(result) == {("ban-drop-column", DJANGO_ADDED, 8), ("ban-truncate-cascade", DJANGO_ADDED, 8)}


async def test_a_table_of_the_same_change_may_grow(judge: Judge) -> None:
    grown = {
        "m/2_posts.sql": "CREATE TABLE posts (id bigint PRIMARY KEY);\n",
        "m/3_title.sql": "ALTER TABLE posts ADD COLUMN title text NOT NULL;\nCREATE INDEX ON posts (title);\n",
    }
    result = await judge(USERS, grown)
    assert (result["status"], result["findings"]) == ("pass", [])


@pytest.mark.parametrize(
    "mark", ["-- squawk-ignore ban-truncate-cascade\n", "-- squawk-ignore-file\n", "/* squawk-ignore-file */\n"]
)
async def test_a_new_comment_does_not_silence_it(judge: Judge, mark: str) -> None:
    result = await judge(USERS, {ADDED: f"{mark}TRUNCATE users CASCADE;\n"})
    assert errors(result) == [("ban-truncate-cascade", ADDED, 2)]


async def test_an_old_comment_stays_heeded(judge: Judge) -> None:
    old = {"db/schema.sql": f"-- squawk-ignore-file\n{USERS['m/1_users.sql']}"}
    result = await judge(old, {"db/schema.sql": f"{old['db/schema.sql']}TRUNCATE users CASCADE;\n"})
    assert (result["status"], told(result)) == ("pass", set())


async def test_its_configuration_is_that_of_before_unless_the_task_names_it(judge: Judge) -> None:
    drops = {ADDED: "DROP TABLE logs;\nTRUNCATE users CASCADE;\n"}
    settings = {".squawk.toml": 'excluded_rules = ["ban-drop-table"]\n'}
    result = await judge({**USERS, **settings}, drops)
    assert told(result) == {("ban-truncate-cascade", ADDED, 2)}
    silent = {".squawk.toml": 'excluded_paths = ["m/*"]\n'}
    result = await judge({**USERS, **settings}, {**drops, **silent})
    assert told(result) == {("ban-truncate-cascade", ADDED, 2)}
    assert ".squawk.toml is read as it was before the task" in result["reason"]
    result = await judge(USERS, {**drops, **silent}, named=(".squawk.toml",))
    assert (result["status"], told(result), result.get("reason")) == ("pass", set(), None)


async def test_sql_that_squawk_cannot_read_is_told(judge: Judge) -> None:
    result = await judge(USERS, {ADDED: "ALTER TABLE users ADD COLUMN IF NOT EXISTS a text COLLATE;\n"})
    assert "migration-failed" in {one["code"] for one in result["findings"]} - warnings(result)
    assert f"squawk could not read {ADDED}" in result["reason"]
