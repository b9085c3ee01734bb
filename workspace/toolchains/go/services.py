"""How the services of a Go module are started: the programs that listen, found by what they import."""

import logging
import re
from collections.abc import Iterator, Sequence

from backend_developer.workspace.toolchains.base import ServiceSpec
from backend_developer.workspace.toolchains.go.project import GoModule, imports
from backend_developer.workspace.toolchains.go.run import Runner
from backend_developer.workspace.toolchains.postgres_env import postgres_environment

logger = logging.getLogger(__name__)

_FRAMEWORKS = {
    "github.com/gin-gonic/gin": "gin",
    "github.com/labstack/echo": "echo",
    "github.com/go-chi/chi": "chi",
    "github.com/gofiber/fiber": "fiber",
    "github.com/gorilla/mux": "gorilla",
    "net/http": "net/http",
}
_LISTENS = re.compile(r"\b(?:ListenAndServe(?:TLS)?|Listen(?:TLS)?|Serve|Run|Start|StartServer)\(")
_PORT_NAME = re.compile(r'"((?:[A-Z]+_)*PORT)"')
_ADDRESS_NAME = re.compile(r'"((?:[A-Z]+_)*(?:ADDR|ADDRESS|BIND|LISTEN))"')
_DATABASE_NAME = re.compile(r"(?:DB|DATABASE|POSTGRES|PG|REDIS)_")
_FLAG = re.compile(
    r"\b(?:String|Int|Uint)(?:Var)?P?\((?:\s*&?[\w.]+\s*,)?\s*\"(?P<name>port|p|addr|address|listen|http|bind)\"\s*,"
    r"(?:\s*\"\w\"\s*,)?\s*\"?(?P<default>[^\",)]*)"
)
_DRIVERS = ("github.com/jackc/pgx", "github.com/lib/pq", "gorm.io/driver/postgres", "github.com/go-pg/pg")
_USUAL = ("server", "api", "web", "app", "service", "http")
_HOST = "127.0.0.1"


def service_specs(runner: Runner) -> list[ServiceSpec]:
    """Each program that serves HTTP, built first and then run by itself, so that it gets the signals.

    Raises `NoToolchain` where Go is not installed.
    """
    found = sorted(_candidates(runner.module), key=lambda pair: _order(pair[0]))
    specs = [_spec(runner, folder, framework) for folder, framework in found]
    logger.info("services of %s: %s", runner.module.folder, [(spec.framework, spec.argv) for spec in specs])
    return specs


def database_environment(module: GoModule) -> dict[str, str]:
    """The variables that lead it to PostgreSQL; empty where it has no driver."""
    if not any(driver in module.go_mod for driver in _DRIVERS):
        return {}
    return postgres_environment(module.texts.values())


def _candidates(module: GoModule) -> Iterator[tuple[str, str]]:
    for folder in module.mains:
        texts = module.reached(folder)
        names = {name for text in texts for name in imports(text)}
        framework = next((known for path, known in _FRAMEWORKS.items() if _has(names, path)), None)
        if framework and any(_LISTENS.search(text) for text in texts):
            yield folder, framework


def _has(names: set[str], path: str) -> bool:
    return any(name == path or name.startswith(f"{path}/") for name in names)


def _order(folder: str) -> tuple[int, str]:
    name = folder.rpartition("/")[2]
    return (_USUAL.index(name) if name in _USUAL else len(_USUAL), folder)


def _spec(runner: Runner, folder: str, framework: str) -> ServiceSpec:
    texts = runner.module.reached(folder)
    program = runner.folder / "bin" / (folder.rpartition("/")[2] if folder != "." else "main")
    database = database_environment(runner.module)
    return ServiceSpec(
        argv=(str(program), *_flags(texts)),
        package=runner.module.package,
        framework=framework,
        env={**runner.environment(), "GIN_MODE": "release", **_ports(texts), **database},
        wants_database=bool(database),
        prepare=((runner.go(), "build", "-o", str(program), f"./{folder}"),),
        writable=runner.writable,
    )


def _ports(texts: Sequence[str]) -> dict[str, str]:
    """Variables whose names say that they hold a port or an address to listen on."""
    ports = {name: "{port}" for text in texts for name in _PORT_NAME.findall(text)}
    addresses = {name: f"{_HOST}:{{port}}" for text in texts for name in _ADDRESS_NAME.findall(text)}
    return {name: value for name, value in (ports | addresses).items() if not _DATABASE_NAME.match(name)}


def _flags(texts: Sequence[str]) -> tuple[str, ...]:
    """The flag for the port or the address, with a value of the kind that its default has."""
    for text in texts:
        if match := _FLAG.search(text):
            is_port = match["default"].strip().isdecimal() or match["name"] in ("port", "p")
            return f"-{match['name']}", "{port}" if is_port else f"{_HOST}:{{port}}"
    return ()
