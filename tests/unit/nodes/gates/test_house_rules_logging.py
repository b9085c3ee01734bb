import textwrap
import time

import pytest

from backend_developer.contract import Finding
from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.nodes.gates.house_rules.log_rule import check_logging


def indented(body: str, depth: int) -> str:
    return textwrap.indent(textwrap.dedent(body), " " * depth)


def judged(after: str, before: str | None = None, *, path: str = "app.py", formats: bool = False) -> list[Finding]:
    texts = [None if text is None else textwrap.dedent(text).encode() for text in (before, after)]
    return check_logging([Change(path, texts[0], texts[1])], lambda: formats)


def names(findings: list[Finding]) -> list[str]:
    return [finding.message.split()[0] for finding in findings]


SILENT = """
    def create(name):
        user = store(name)
        notify(user)
        return user
    """


def with_log(call: str) -> str:
    return f"""
    class Users:
        async def create(self, name):
            {call}
            user = store(name)
            return user
    """


def test_a_new_function_without_a_log_call_is_named_with_its_line() -> None:
    (finding,) = judged(SILENT)

    assert (finding.code, finding.file, finding.line, finding.level) == ("log-missing", "app.py", 2, "error")
    assert "create has no log call" in finding.message
    assert "[Module:create]" in finding.message
    assert "fewer than three statements" in finding.message


@pytest.mark.parametrize(
    "call",
    [
        'logger.info("[Users:create] name=%s", name)',
        'logging.error(f"[{__name__}:create] {name}")',
        'log.debug("[users:Users.create] " + name)',
        'self._logger.exception("[Users:create] %s" % name)',
        'self.log.warning("[Users:create] {}".format(name))',
        'LOGGER.log(logging.INFO, "[Users:create] x")',
        'current_app.logger.critical("[Users:create] x")',
        'structlog.get_logger().bind(name=name).info("[Users:create]")',
        'logging.getLogger("x").info("[Users:create]")',
        'await logger.ainfo("[Users:create]")',
        'logger.opt(lazy=True).success("[Users:create]")',
    ],
)
def test_log_calls_with_the_prefix(call: str) -> None:
    assert judged(with_log(call)) == []


@pytest.mark.parametrize(
    "call",
    [
        'logger.info("created %s", name)',
        'logger.info("[Users:delete] %s", name)',
        'logger.info("Users:create %s", name)',
        "logger.info(MESSAGE)",
        "logger.info()",
    ],
)
def test_log_calls_without_the_prefix_count_where_the_format_writes_it(call: str) -> None:
    (finding,) = judged(with_log(call))

    assert "Users.create logs, but no message begins with [Module:create]" in finding.message
    assert judged(with_log(call), formats=True) == []


@pytest.mark.parametrize(
    "call", ['print("[Users:create]")', "math.log(2)", 'catalog.info("[Users:create]")', 'logger.setLevel("INFO")']
)
def test_what_is_no_log_call(call: str) -> None:
    assert names(judged(with_log(call), formats=True)) == ["Users.create"]


@pytest.mark.parametrize(
    "source",
    [
        'def f(x):\n    """Words."""\n    y = x + 1\n    return y\n',
        "@property\ndef f(x):\n    a = 1\n    b = 2\n    return a\n",
        "@f.setter\ndef f(x):\n    a = 1\n    b = 2\n    c = 3\n",
        "@functools.cached_property\ndef f(x):\n    a = 1\n    b = 2\n    return a\n",
        "def __eq__(x, y):\n    a = 1\n    b = 2\n    return a\n",
        "def __init__(self, a):\n    super().__init__()\n    self.a = a\n    self.b = a\n    self.c: int = a\n",
        "class P(Protocol[T]):\n    def f(x):\n        a = 1\n        b = 2\n        return a\n",
        "@abc.abstractmethod\ndef f(x):\n    a = 1\n    b = 2\n    return a\n",
        "class F(logging.Formatter):\n    def format(self, r):\n        a = 1\n        b = 2\n        return a\n",
        "def deco(f):\n    def inner():\n        log.info('[a:inner]')\n        return f()\n    return inner\n",
        "x = lambda: 1\n",
        "def broken(:\n",
        "\x00",
    ],
)  # fmt: skip
def test_what_needs_no_log_call(source: str) -> None:
    assert judged(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "def __init__(self, a):\n    self.a = a\n    connect(a)\n    self.b = 1\n",
        "def __call__(self):\n    a = 1\n    b = 2\n    return a\n",
        "def f():\n    with db() as c:\n        c.execute()\n        c.commit()\n",
        "if X:\n    def f():\n        a = 1\n        b = 2\n        return a\n",
        "try:\n    pass\nexcept E:\n    def f():\n        a = 1\n        b = 2\n        return a\n",
        "match x:\n    case 1:\n        def f():\n            a = 1\n            b = 2\n            return a\n",
        "def deco(f):\n    def inner():\n        a = f()\n        b = a\n        return b\n    return inner\n",
    ],
)
def test_what_needs_one(source: str) -> None:
    assert len(judged(source)) == 1


def test_a_function_inside_one_that_logs_needs_none() -> None:
    source = """
    def outer(items):
        logger.info("[app:outer] items=%d", len(items))
        def key(item):
            a = item.x
            b = item.y
            return a, b
        return sorted(items, key=key)
    """

    assert judged(source) == []
    assert names(judged(source.replace("logger.info", "print"))) == ["outer", "outer.key"]


def test_migrations_are_left_alone() -> None:
    assert judged(SILENT, path="app/migrations/0001_users.py") == []
    assert judged(SILENT, path="alembic/versions/ab12.py") == []
    assert len(judged(SILENT, path="app/versions.py")) == 1


def test_other_languages_have_no_analyser_yet() -> None:
    assert judged(SILENT, path="app.txt") == []


def test_old_functions_are_left_alone_and_changed_ones_are_not() -> None:
    after = SILENT.replace("notify(user)", "notify(user, True)")

    assert judged(SILENT + "\n    X = 1\n", SILENT) == []
    assert names(judged(after, SILENT)) == ["create"]


def test_losing_a_statement_is_a_change() -> None:
    assert names(judged(SILENT, SILENT.replace("return user", "audit(user)\n        return user"))) == ["create"]
    longer = SILENT.rstrip() + "\n        audit(user)\n"
    assert names(judged(SILENT, longer)) == ["create"]


@pytest.mark.parametrize(
    "after",
    [
        SILENT.replace("user = store(name)", "# stored\n        user = store( name )"),
        SILENT.replace("user = store", '"""Make one."""\n        user = store'),
        SILENT.replace("def create", "@cached\n    def create"),
        SILENT.replace("def create", "def make"),
        SILENT.replace("\n", "\r\n"),
        "class Users:\n" + indented(SILENT, 4),
    ],
    ids=["comment", "docstring", "decorator", "name", "line-ends", "indentation"],
)
def test_what_does_the_same_is_unchanged(after: str) -> None:
    assert judged(after, SILENT) == []


def test_a_function_that_moved_to_another_file_is_old() -> None:
    old = textwrap.dedent(SILENT).encode()
    other = b"def load(key):\n    a = get(key)\n    b = a.x\n    return b\n"
    split = [Change("auth.py", old + other, None), Change("auth/a.py", None, old), Change("auth/b.py", None, other)]

    assert check_logging(split, lambda: False) == []
    assert len(check_logging(split[1:], lambda: False)) == 2


def test_the_projects_format_is_asked_once_and_only_where_it_matters() -> None:
    asked = []

    def formats() -> bool:
        asked.append(True)
        return True

    silent = Change("a.py", None, textwrap.dedent(SILENT).encode())
    plain = [Change(f"{n}.py", None, textwrap.dedent(with_log('log.info("x")')).encode()) for n in range(3)]

    assert len(check_logging([silent], formats)) == 1
    assert asked == []
    assert check_logging(plain, formats) == []
    assert asked == [True]


def test_a_thousand_changed_files_are_judged_in_time() -> None:
    functions = "\n\n".join(textwrap.dedent(SILENT).replace("create", f"create_{n}") for n in range(6)).encode()
    changes = [Change(f"app/m{n}.py", functions, functions + b"\nX = 1\n") for n in range(1000)]
    began = time.process_time()

    assert check_logging(changes, lambda: False) == []
    assert time.process_time() - began < 4.0
