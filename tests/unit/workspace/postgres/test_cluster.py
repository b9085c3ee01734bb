import os
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from backend_developer.workspace.postgres.account import Account, reachable
from backend_developer.workspace.postgres.cluster import Cluster
from backend_developer.workspace.postgres.connect import describe, no_database
from backend_developer.workspace.postgres.scratch import _name, _url

OTHER = Account(uid=os.geteuid() + 4242, gid=os.getegid() + 4242, name="other")


@pytest.mark.parametrize("name", ["plain", "with space", "with?query&percent%20", "кириллица"])
def test_the_address_leads_to_the_socket_whatever_the_folder_is_called(name: str) -> None:
    cluster = Cluster(Path("/srv") / name, durable=True)
    parts = conninfo_to_dict(cluster.dsn)
    assert parts["host"] == f"/srv/{name}/run"
    assert (parts["user"], parts["dbname"], parts["port"]) == ("postgres", "postgres", "5432")


def test_a_socket_that_would_be_too_deep_lies_elsewhere_and_always_at_the_same_place() -> None:
    deep = Path("/srv") / ("d" * 100)
    cluster = Cluster(deep, durable=True)
    assert len(str(cluster.sockets)) < 90
    assert cluster.sockets == Cluster(deep, durable=False).sockets
    assert cluster.sockets != Cluster(deep / "x", durable=True).sockets


def test_only_scratch_databases_are_not_synced_to_disk() -> None:
    assert "fsync=off" not in Cluster(Path("/srv/a"), durable=True).argv()
    assert "fsync=off" in Cluster(Path("/srv/a"), durable=False).argv()
    assert "listen_addresses=" in Cluster(Path("/srv/a"), durable=True).argv()


def test_a_folder_is_reachable_when_each_above_it_lets_pass(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    own = Account(os.geteuid(), os.getegid(), "me")
    (tmp_path / "a").chmod(0o600)
    assert not reachable(tmp_path / "a", own)
    (tmp_path / "a").chmod(0o700)
    assert reachable(tmp_path / "a", own) == reachable(tmp_path, own)
    assert not reachable(tmp_path / "a", OTHER)
    assert reachable(Path("/"), OTHER)


@pytest.mark.parametrize(
    ("dsn", "shown"),
    [
        ("postgresql://me:secret@db.example:6543/app", "db.example:6543/app"),
        ("host=/run/pg dbname=app password=secret", "/run/pg:5432/app"),
        ("postgresql:///app", "the local socket:5432/app"),
        ("nonsense secret", "an address that cannot be read"),
    ],
)
def test_an_address_is_shown_without_its_password(dsn: str, shown: str) -> None:
    assert describe(dsn) == shown
    assert "secret" not in str(no_database(dsn, OSError("no route")))


def test_a_scratch_database_has_a_name_that_postgres_takes_whole() -> None:
    for hint in ("", "My API", "a" * 200, "x'; DROP DATABASE y --", "проект"):
        name = _name(hint)
        assert name.startswith("scratch_")
        assert len(name) < 63
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
    assert _name("x") != _name("x")


def test_its_address_differs_in_the_database_only() -> None:
    dsn = Cluster(Path("/srv/with space"), durable=False).dsn
    assert conninfo_to_dict(_url(dsn, "scratch_x")) == {**conninfo_to_dict(dsn), "dbname": "scratch_x"}
