"""Lines that show how a Python project logs, fails, is set up and reaches its database."""

from collections.abc import Iterable, Iterator

from backend_developer.workspace.index.languages.python_models import bases
from backend_developer.workspace.index.languages.signs import TEXT_CHARS, Sign, signs
from backend_developer.workspace.index.records import Definition, Fact

_SIGNS: tuple[Sign, ...] = (
    (b"dictConfig(", "logging", 3),
    (b"logging.basicConfig(", "logging", 3),
    (b"structlog.configure(", "logging", 3),
    (b"def get_logger(", "logging", 3),
    (b"getLogger(", "logging", 1),
    (b"structlog.get_logger(", "logging", 1),
    (b"from loguru import", "logging", 1),
    (b"exception_handler(", "errors", 3),
    (b".errorhandler(", "errors", 3),
    (b"os.environ", "settings", 1),
    (b"os.getenv(", "settings", 1),
    (b"INSTALLED_APPS =", "settings", 3),
    (b"DATABASES =", "sessions", 3),
    (b"sessionmaker(", "sessions", 3),
    (b"create_engine(", "sessions", 2),
    (b"create_async_engine(", "sessions", 2),
    (b"ConnectionPool(", "sessions", 3),
    (b"create_pool(", "sessions", 3),
    (b"psycopg.connect(", "sessions", 2),
    (b"psycopg2.connect(", "sessions", 2),
)
_SESSION_GIVERS = frozenset({"get_db", "get_session", "get_async_session", "session_scope", "db_session", "get_conn"})
_LOGGING_SETUPS = frozenset({"setup_logging", "configure_logging", "init_logging", "setup_logger"})


def facts(source: bytes, definitions: Iterable[Definition]) -> list[Fact]:
    """The first line of each sign that the file shows."""
    return [*signs(source, _SIGNS, b"#"), *_in_definitions(definitions)]


def _in_definitions(definitions: Iterable[Definition]) -> Iterator[Fact]:
    for definition in definitions:
        if definition.kind == "function" and definition.name in _SESSION_GIVERS:
            yield Fact("sessions", definition.line, definition.signature[:TEXT_CHARS], 4)
        elif definition.kind == "function" and definition.name in _LOGGING_SETUPS:
            yield Fact("logging", definition.line, definition.signature[:TEXT_CHARS], 4)
        elif definition.kind in {"class", "model"}:
            yield from _in_class(definition)


def _in_class(definition: Definition) -> Iterator[Fact]:
    names = bases(definition.signature)
    if "BaseSettings" in names:
        yield Fact("settings", definition.line, definition.signature[:TEXT_CHARS], 4)
    elif any(name.endswith(("Error", "Exception")) for name in names):
        weight = 2 if "Exception" in names else 1
        yield Fact("errors", definition.line, definition.signature[:TEXT_CHARS], weight)
