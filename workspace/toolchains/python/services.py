"""How the services of a Python project are started: Django, ASGI and Flask applications, a Procfile, `python -m`."""

import logging
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from backend_developer.workspace.toolchains.base import ServiceSpec
from backend_developer.workspace.toolchains.placeholders import wants_database
from backend_developer.workspace.toolchains.python.applications import Application, find_applications
from backend_developer.workspace.toolchains.python.database import service_environment
from backend_developer.workspace.toolchains.python.project import PythonProject
from backend_developer.workspace.toolchains.python.run import Runner

logger = logging.getLogger(__name__)

HOST = "127.0.0.1"

_WEB = re.compile(r"^web\s*:\s*(?P<command>\S.*)$", re.MULTILINE)
_READS_PORT = re.compile(r"""["'](?:\w+_)?PORT["']""")


def service_specs(runner: Runner) -> list[ServiceSpec]:
    """All ways to start something of the project, the surest first; empty for a library."""
    project = runner.project
    database = service_environment(project)
    found = [*_django(runner), *_applications(runner), *_procfile(runner), *_main_modules(runner)]
    specs = [_with_database(spec, database, runner) for spec in found]
    logger.info("services of %s: %s", project.folder, [spec.framework for spec in specs])
    return specs


def _with_database(spec: ServiceSpec, database: dict[str, str], runner: Runner) -> ServiceSpec:
    prepare = spec.prepare
    if database and not prepare and runner.project.has("alembic.ini"):
        prepare = (runner.module("alembic", "upgrade", "head"),)
    return ServiceSpec(
        argv=spec.argv,
        package=runner.project.package,
        framework=spec.framework,
        env={**runner.environment(), "PORT": "{port}", **spec.env, **database},
        wants_database=wants_database(database),
        prepare=prepare,
        migrates=bool(prepare),
        writable=(runner.folder,),
    )


def _spec(runner: Runner, framework: str, argv: tuple[str, ...] | str, env: dict[str, str]) -> ServiceSpec:
    return ServiceSpec(argv=argv, package=runner.project.package, framework=framework, env=env)


def _django(runner: Runner) -> Iterator[ServiceSpec]:
    if not runner.project.is_django:
        return
    manage = (str(runner.project.interpreter.python), "manage.py")
    yield ServiceSpec(
        argv=(*manage, "runserver", f"{HOST}:{{port}}", "--noreload"),
        package=runner.project.package,
        framework="django",
        env=runner.django(),
        prepare=((*manage, "migrate", "--noinput"),),
    )


def _applications(runner: Runner) -> Iterator[ServiceSpec]:
    for app in find_applications(runner.project):
        env = {"PYTHONPATH": runner.python_path(app.search)}
        if app.kind == "asgi":
            yield _spec(runner, app.framework, _uvicorn(runner, app), env)
        else:
            target = f"{app.module}:{app.name}"
            run = ("--app", target, "run", "--host", HOST, "--port", "{port}", "--no-reload", "--no-debugger")
            yield _spec(runner, app.framework, runner.module("flask", *run), env)


def _uvicorn(runner: Runner, app: Application) -> tuple[str, ...]:
    factory = ("--factory",) if app.factory else ()
    return runner.module("uvicorn", f"{app.module}:{app.name}", *factory, "--host", HOST, "--port", "{port}")


def _procfile(runner: Runner) -> Iterator[ServiceSpec]:
    found = _WEB.search(runner.project.text("Procfile"))
    if found:
        yield _spec(runner, "procfile", found["command"], {})


def _main_modules(runner: Runner) -> Iterator[ServiceSpec]:
    """Packages with a `__main__` that takes its port from the environment."""
    project = runner.project
    for name in project.top_level:
        folder = PurePosixPath(project.source_root, name)
        if not project.has(str(folder / "__main__.py")):
            continue
        inside = (path for path in project.sources if PurePosixPath(path).is_relative_to(folder))
        if any(_reads_port(project, path) for path in inside):
            yield _spec(runner, "python", runner.module(name), {})


def _reads_port(project: PythonProject, path: str) -> bool:
    return bool(_READS_PORT.search(project.text(path)))
