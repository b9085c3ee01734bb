"""Which service of the project is started."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from backend_developer.workspace.project_settings import ProjectSettings
from backend_developer.workspace.toolchains.base import Package, ServiceSpec, Toolchain
from backend_developer.workspace.toolchains.custom import NAME as CUSTOM
from backend_developer.workspace.toolchains.custom import CustomToolchain
from backend_developer.workspace.toolchains.files import is_within, one_look
from backend_developer.workspace.toolchains.placeholders import wants_database

logger = logging.getLogger(__name__)

DATABASE_VARIABLE = "DATABASE_URL"


def choose_service(
    root: Path, toolchains: Sequence[Toolchain], project: ProjectSettings, touched: Sequence[str] = ()
) -> ServiceSpec | None:
    """The service that the runtime gate starts, by the project's present files; None for a library.

    A command in the project's settings wins, with the environment that the toolchain knows. Where several packages
    have a service, the one with the most of the `touched` paths is started. Reads the disk.
    Raises `NoToolchain` where what starts it is not installed.
    """
    with one_look():
        found = _first_service(root, toolchains, touched)
    if project.start:
        found = _own(project.start, found, toolchains)
    if found is None:
        return None
    logger.info("package=%s framework=%s", found.package.root, found.framework)
    return _adapt(found, project)


def _first_service(root: Path, toolchains: Sequence[Toolchain], touched: Sequence[str]) -> ServiceSpec | None:
    owned = [(package, toolchain) for toolchain in toolchains for package in toolchain.packages(root)]
    owned.sort(key=lambda pair: -sum(is_within(path, pair[0].root) for path in touched))
    return next((spec for package, toolchain in owned for spec in toolchain.services(root, package)), None)


def _own(start: str, found: ServiceSpec | None, toolchains: Sequence[Toolchain]) -> ServiceSpec:
    package = Package(toolchain=CUSTOM, root=".")
    if found:
        return replace(found, argv=start, package=package, prepare=(), migrates=False)
    path = next((toolchain.path() for toolchain in toolchains if isinstance(toolchain, CustomToolchain)), None)
    return ServiceSpec(argv=start, package=package, framework=CUSTOM, env={"PATH": path} if path else {})


def _adapt(spec: ServiceSpec, project: ProjectSettings) -> ServiceSpec:
    """Apply the project's `[runtime]`; its word on a variable stands above the toolchain's."""
    rules = project.runtime
    own = {rules.port_env: "{port}"} if rules.port_env else {}
    if isinstance(rules.database, str):
        own[rules.database] = "{database_url}"
    env = {**spec.env, **own, **rules.env}
    if rules.database is False:
        kept = {name: value for name, value in env.items() if not wants_database({name: value})}
        return replace(spec, env=kept, wants_database=False)
    wants = spec.wants_database or bool(rules.database) or wants_database(env)
    if wants and not wants_database(env):
        env[DATABASE_VARIABLE] = "{database_url}"
    return replace(spec, env=env, wants_database=wants)
