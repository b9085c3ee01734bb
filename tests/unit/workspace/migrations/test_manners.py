from pathlib import Path

import pytest

from backend_developer.workspace.migrations.manners import Manner, Tools

ONE = "CREATE INDEX CONCURRENTLY i ON t (a);\n"
PRISMA = "prisma/migrations/20260101120000_x/migration.sql"
DIESEL = "migrations/2026-01-01-120000_x/up.sql"
SQLX = {"Cargo.toml": '[dependencies]\nsqlx = "0.8"\n'}
DROPS = f"{ONE}DROP INDEX CONCURRENTLY j;\n"


@pytest.mark.parametrize(
    ("path", "text", "beside", "manner"),
    [
        ("db/000001_x.up.sql", ONE, {"go.mod": "module x\n"}, Manner.QUERY),
        ("db/000001_x.down.sql", ONE, {}, Manner.QUERY),
        (
            "db/000001_x.up.sql",
            ONE,
            {"Makefile": 'migrate -database "$(URL)?x-multi-statement=true" up\n'},
            Manner.EACH,
        ),
        ("shop/db/000001_x.up.sql", ONE, {"shop/go.mod": "module x\n", **SQLX}, Manner.QUERY),
        ("migrations/20260101120000_x.sql", ONE, SQLX, Manner.TRANSACTION),
        ("migrations/20260101120000_x.up.sql", ONE, SQLX, Manner.TRANSACTION),
        ("migrations/20260101120000_x.sql", f"-- no-transaction\n{ONE}", SQLX, Manner.QUERY),
        ("migrations/20260101120000_x.sql", f"{ONE}-- no-transaction\n", SQLX, Manner.TRANSACTION),
        (DIESEL, ONE, {}, Manner.TRANSACTION),
        (DIESEL, ONE, {"migrations/2026-01-01-120000_x/metadata.toml": "run_in_transaction = false\n"}, Manner.QUERY),
        (DIESEL, ONE, {"migrations/2026-01-01-120000_x/metadata.toml": "run_in = [\n"}, Manner.TRANSACTION),
        (PRISMA, ONE, {}, Manner.QUERY),
        (PRISMA, ONE, {"package.json": '{"devDependencies": {"prisma": "^6.19.0"}}'}, Manner.QUERY),
        (PRISMA, ONE, {"package.json": '{"devDependencies": {"prisma": "^7.4.0"}}'}, Manner.EACH),
        (PRISMA, DROPS, {"package.json": '{"devDependencies": {"prisma": "^7.4.0"}}'}, Manner.QUERY),
        ("drizzle/0001_x.sql", f"{ONE}--> statement-breakpoint\n{ONE}", {}, Manner.TRANSACTION),
        ("drizzle/0001_x.sql", ONE, {"drizzle/meta/_journal.json": "{}"}, Manner.TRANSACTION),
        ("m/1_x.sql", f"-- +goose Up\n{ONE}", {}, Manner.TRANSACTION),
        ("m/1_x.sql", f"-- +goose NO TRANSACTION\n-- +goose Up\n{ONE}", {}, Manner.EACH),
        ("m/1_x.sql", f"-- migrate:up\n{ONE}", {}, Manner.TRANSACTION),
        ("m/1_x.sql", f"-- migrate:up transaction:false\n{ONE}-- migrate:down\n", {}, Manner.QUERY),
        ("m/0001_x.sql", ONE, {}, Manner.LOOSE),
    ],
)
def test_each_tool_sends_a_file_in_its_own_way(
    tmp_path: Path, path: str, text: str, beside: dict[str, str], manner: Manner
) -> None:
    for name, content in {path: text, **beside}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    assert Tools(tmp_path).manner(path, text) is manner


def test_the_way_back_may_be_sent_otherwise() -> None:
    text = f"-- migrate:up transaction:false\n{ONE}-- migrate:down\nDROP INDEX i;\n"
    assert (Tools().manner("m/1.sql", text), Tools().manner("m/1.sql", text, "down")) == (
        Manner.QUERY,
        Manner.TRANSACTION,
    )
