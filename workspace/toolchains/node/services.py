"""How the service of a Node project is started: its script `dev`, else `start`, else the file that listens."""

import logging
from collections.abc import Iterator
from pathlib import PurePosixPath

from backend_developer.workspace.toolchains.base import ServiceSpec, Step
from backend_developer.workspace.toolchains.node.database import migrations, service_environment
from backend_developer.workspace.toolchains.node.entries import ENTRIES, LISTENS
from backend_developer.workspace.toolchains.node.project import TYPESCRIPT, NodeProject
from backend_developer.workspace.toolchains.node.run import Runner
from backend_developer.workspace.toolchains.node.scripts import plain_call

logger = logging.getLogger(__name__)

FRAMEWORKS = {
    "@nestjs/core": "nestjs",
    "express": "express",
    "fastify": "fastify",
    "koa": "koa",
    "hono": "hono",
    "@hapi/hapi": "hapi",
    "next": "nextjs",
}
_SCRIPTS = ("dev", "start:dev", "start", "serve")
_COMPILERS = frozenset({"tsc", "tsgo", "tsup", "rollup", "esbuild", "babel", "swc"})


def service_specs(runner: Runner) -> list[ServiceSpec]:
    """All ways to start something of the project, the surest first; empty for a library.

    Raises `NoToolchain` where what starts it is not installed.
    """
    project = runner.project
    framework = next((name for package, name in FRAMEWORKS.items() if package in project.own), None)
    listening = [path for path in project.sources if LISTENS.search(project.text(path))]
    if not (listening or framework):
        return []
    commands = [*_of_scripts(project), *_of_files(project, listening)]
    if not commands:
        return []
    project.require_installed()
    database = service_environment(project)
    specs = [_spec(runner, framework or "node", argv, env, database) for argv, env in commands]
    logger.info("services of %s: %s", project.folder, [spec.argv for spec in specs])
    return specs


def import_step(runner: Runner) -> Step | None:
    """Import what the package offers as its main module; None where there is none, or it is not built."""
    main = runner.project.manifest.get("main", "index.js")
    if not isinstance(main, str) or not runner.project.has(main):
        return None
    return runner.step("build", "import", (*runner.probe("backend_developer_import.mjs"), main))


def _spec(
    runner: Runner, framework: str, argv: tuple[str, ...], env: dict[str, str], database: dict[str, str]
) -> ServiceSpec:
    project = runner.project
    prepare = migrations(project) if database else ()
    options = ("--enable-source-maps", *project.node_options)
    quoted = " ".join(f'"{option}"' if " " in option else option for option in options)
    return ServiceSpec(
        argv=argv,
        package=project.package,
        framework=framework,
        env={"PATH": project.path, "NODE_OPTIONS": quoted, "PORT": "{port}", **env, **database},
        wants_database=bool(database),
        prepare=prepare,
        migrates=bool(prepare),
        writable=(runner.folder,),
    )


def _of_scripts(project: NodeProject) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    for name in _SCRIPTS:
        script = project.scripts.get(name)
        if script is None:
            continue
        call = plain_call(script)
        if call and call.tool in _COMPILERS:
            continue
        once = _unwatched(project, call.tool, call.arguments) if call else None
        yield (once, call.env) if once and call else (project.script_command(name), {})


def _unwatched(project: NodeProject, tool: str, arguments: tuple[str, ...]) -> tuple[str, ...] | None:
    """The same without waiting for changes: a service that dies is then seen to die, instead of being waited for."""
    if tool == "tsx" and arguments[:1] == ("watch",):
        return (*project.program("tsx"), *arguments[1:])
    if tool == "node" and "--watch" in arguments:
        return (project.node, *(word for word in arguments if word != "--watch"))
    return None


def _of_files(project: NodeProject, listening: list[str]) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    main = project.manifest.get("main")
    known = [path for path in listening if str(PurePosixPath(path).with_suffix("")) in ENTRIES]
    known.sort(key=lambda path: ENTRIES.index(str(PurePosixPath(path).with_suffix(""))))
    entries = [main] if isinstance(main, str) and main in listening else []
    for path in dict.fromkeys([*entries, *known]):
        if not path.endswith(TYPESCRIPT):
            yield (project.node, path), {}
        elif project.offers("tsx"):
            yield (*project.program("tsx"), path), {}
