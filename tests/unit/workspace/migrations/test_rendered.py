from backend_developer.workspace.migrations.rendered import Rendered

REVISION = """from alembic import op
import sqlalchemy as sa
revision = "0002"
down_revision = "0001"
SCRIPT = "UPDATE users SET name = email"


def upgrade():
    op.add_column("users", sa.Column("name", sa.Text()))
    op.execute(
        "ALTER TABLE users ADD COLUMN size integer"
    )
    op.execute(SCRIPT)
    with op.batch_alter_table("posts") as batch:
        batch.drop_column("name")
        batch.create_index(op.f("ix_posts_title"), ["title"])


def downgrade():
    op.drop_column("users", "name")
"""
ALEMBIC = """BEGIN;

-- Running upgrade  -> 0009

ALTER TABLE users ADD COLUMN other TEXT;

-- Running upgrade 0001 -> 0002

ALTER TABLE users ADD COLUMN name TEXT;

ALTER TABLE users ADD COLUMN size integer;

UPDATE users SET name = email;

ALTER TABLE posts DROP COLUMN name;

CREATE INDEX ix_posts_title
ON posts (title);

DROP TYPE elsewhere;

COMMIT;
"""


def first_lines(rendered: Rendered, source: str) -> dict[str, int]:
    """Each line of SQL that comes from somewhere, with the first line that it comes from."""
    lines = rendered.sql.splitlines()
    return {lines[line - 1]: place.start for line, place in rendered.places(source).items()}


def test_each_statement_of_alembic_leads_to_its_operation() -> None:
    assert first_lines(Rendered("v/2.py", ALEMBIC, "0002"), REVISION) == {
        "ALTER TABLE users ADD COLUMN name TEXT;": 9,
        "ALTER TABLE users ADD COLUMN size integer;": 10,
        "UPDATE users SET name = email;": 13,
        "ALTER TABLE posts DROP COLUMN name;": 15,
        "CREATE INDEX ix_posts_title": 16,
        "ON posts (title);": 16,
        "DROP TYPE elsewhere;": 8,
        "COMMIT;": 8,
    }


def test_a_file_that_does_not_parse_leads_to_its_beginning() -> None:
    assert set(first_lines(Rendered("v/2.py", ALEMBIC, "0002"), "def upgrade(:").values()) == {1}


MIGRATION = """from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.AddField("item", "owner", models.ForeignKey("shop.Owner", models.CASCADE)),
        migrations.RunPython(fill),
        migrations.AlterField(
            "item", "note", models.CharField(max_length=10)
        ),
        migrations.AddField("item", "note", models.TextField(null=True)),
    ]
"""
DJANGO = """BEGIN;
--
-- Add field owner to item
--
ALTER TABLE "shop_item" ADD COLUMN "owner_id" bigint NOT NULL;
--
-- Raw Python operation
--
-- THIS OPERATION CANNOT BE WRITTEN AS SQL
--
-- Alter field note on item
--
ALTER TABLE "shop_item" ALTER COLUMN "note" TYPE varchar(10);
--
-- Add field note to item
--
ALTER TABLE "shop_item" ADD COLUMN "note" text NULL;
CREATE INDEX "shop_item_owner_id_1" ON "shop_item" ("owner_id");
COMMIT;
"""


def test_each_statement_of_django_leads_to_its_operation() -> None:
    found = first_lines(Rendered("shop/migrations/2.py", DJANGO), MIGRATION)
    assert {sql: line for sql, line in found.items() if "shop_item" in sql} == {
        'ALTER TABLE "shop_item" ADD COLUMN "owner_id" bigint NOT NULL;': 6,
        'ALTER TABLE "shop_item" ALTER COLUMN "note" TYPE varchar(10);': 8,
        'ALTER TABLE "shop_item" ADD COLUMN "note" text NULL;': 11,
        'CREATE INDEX "shop_item_owner_id_1" ON "shop_item" ("owner_id");': 6,
    }


def test_operations_that_are_no_list_lead_to_the_first_line() -> None:
    assert set(first_lines(Rendered("m/2.py", DJANGO), "operations = made()\n").values()) == {1}
