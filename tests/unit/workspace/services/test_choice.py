from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from backend_developer.workspace.project_settings import CommandTable, ProjectSettings, RuntimeTable
from backend_developer.workspace.services.choice import choose_service
from backend_developer.workspace.services.launch import fill_in, free_port
from backend_developer.workspace.toolchains.base import Package, ServiceSpec
from backend_developer.workspace.toolchains.custom import CustomToolchain

API, WEB, LIB = (Package("python", root) for root in ("api", "web", "lib"))


class Chain:
    name = "python"

    def __init__(self, services: Mapping[str, ServiceSpec]) -> None:
        self._services = services

    def packages(self, root: Path) -> list[Package]:
        return [LIB, API, WEB]

    def services(self, root: Path, package: Package) -> list[ServiceSpec]:
        return [self._services[package.root]] if package.root in self._services else []


def spec(package: Package, **fields: Any) -> ServiceSpec:
    return ServiceSpec(argv=("serve", package.root), package=package, framework="fastapi", **fields)


def choose(services: list[ServiceSpec], runtime: Mapping[str, Any] | None = None, touched: tuple[str, ...] = ()) -> Any:
    chain: Any = Chain({service.package.root: service for service in services})
    project = ProjectSettings(runtime=RuntimeTable(**runtime or {}))
    return choose_service(Path("/p"), [chain], project, touched)


def test_the_first_package_with_a_service_is_started() -> None:
    assert choose([spec(API), spec(WEB)]).package == API


def test_the_package_that_was_touched_comes_first() -> None:
    assert choose([spec(API), spec(WEB)], touched=("web/a.py", "web/b.py", "api/c.py")).package == WEB


def test_a_library_has_none() -> None:
    assert choose([]) is None


@pytest.mark.parametrize("table", ["runtime", "commands"])
def test_the_projects_own_command_wins(table: str) -> None:
    chain: Any = Chain({"api": spec(API, env={"VIRTUAL_ENV": "/p/.venv"}, prepare=(("migrate",),))})
    project = ProjectSettings(
        runtime=RuntimeTable(start="mine" if table == "runtime" else None, port_env="APP_PORT"),
        commands=CommandTable(start="mine" if table == "commands" else None),
    )

    chosen = choose_service(Path("/p"), [chain], project)

    assert chosen is not None
    assert (chosen.argv, chosen.package.root) == ("mine", ".")
    assert chosen.env == {"VIRTUAL_ENV": "/p/.venv", "APP_PORT": "{port}"}
    assert chosen.prepare == ()


def test_a_command_without_a_known_service_finds_the_projects_programs() -> None:
    project = ProjectSettings(runtime=RuntimeTable(start="mine"))

    chosen = choose_service(Path("/p"), [CustomToolchain(project.commands, lambda: "/p/.venv/bin:/bin")], project)

    assert chosen is not None
    assert chosen.env == {"PATH": "/p/.venv/bin:/bin"}


def test_a_database_is_given_by_the_usual_variable_where_none_is_known() -> None:
    chosen = choose([spec(API)], {"database": True})

    assert chosen.wants_database
    assert chosen.env == {"DATABASE_URL": "{database_url}"}


def test_a_database_is_given_by_the_named_variable() -> None:
    chosen = choose([spec(API)], {"database": "DSN"})

    assert chosen.wants_database
    assert chosen.env == {"DSN": "{database_url}"}


def test_the_toolchains_variables_stay() -> None:
    own = {"PGHOST": "{database_host}"}

    assert choose([spec(API, env=own, wants_database=True)]).env == own


def test_a_project_can_refuse_the_database() -> None:
    given = spec(API, env={"DATABASE_URL": "{database_url}", "MODE": "x"}, wants_database=True)

    chosen = choose([given], {"database": False})

    assert not chosen.wants_database
    assert chosen.env == {"MODE": "x"}


def test_a_placeholder_in_the_projects_variables_asks_for_one() -> None:
    assert choose([spec(API)], {"env": {"DSN": "{database_url}"}}).wants_database


def test_placeholders_are_filled_everywhere() -> None:
    service = ServiceSpec(
        argv=("serve", "--port={port}", "{other}"),
        package=API,
        framework="x",
        env={"DSN": "{database_url}?a=1", "PORT": "0{port}"},
        prepare=(("migrate", "{database_url}"),),
    )

    launch = fill_in(service, cwd=Path("/p"), port=81, database_url="postgresql://h/d")

    assert launch.argv == ("serve", "--port=81", "{other}")
    assert launch.prepare == (("migrate", "postgresql://h/d"),)
    assert launch.env["DSN"] == "postgresql://h/d?a=1"
    assert launch.env["PORT"] == "081"


def test_a_shell_line_is_filled_too_and_the_port_is_always_in_the_environment() -> None:
    service = ServiceSpec(argv="serve $PORT {port} ${HOME}", package=API, framework="x")

    launch = fill_in(service, cwd=Path("/p"), port=81, database_url=None)

    assert launch.argv == "serve $PORT 81 ${HOME}"
    assert launch.env["PORT"] == "81"


def test_a_free_port_is_one() -> None:
    assert 1024 < free_port() < 65536
