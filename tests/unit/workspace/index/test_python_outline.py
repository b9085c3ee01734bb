"""The outline of a Python file is what the parser finds, or none."""

import asyncio
import email
import unittest
from pathlib import Path
from types import ModuleType

import pytest

from backend_developer.workspace.index.languages import language_of
from backend_developer.workspace.index.languages.python_outline import outline
from backend_developer.workspace.index.records import Definition
from backend_developer.workspace.index.sources import take_apart

TESTS = Path(__file__).parents[3]
PYTHON = language_of(".py")
assert PYTHON

PLAIN = {
    "methods": b'class A(Base):\n    """Of all."""\n\n    def one(self):\n        """First."""\n        return 1\n\n'
    b"    def two(self):\n        return 2\n\n\ndef last(): pass\n",
    "nested": b"def outer():\n    def inner():\n        class Deep:\n            def m(self): ...\n"
    b"        return Deep\n"
    b"    return inner\n\nclass After:\n    x = 1\n",
    "decorated": b'@app.get("/users")\n@cached(\n    ttl=1,\n)\nasync def users():\n    return []\n\nclass C:\n'
    b"    @property\n    def p(self):\n        return 1\n",
    "code in a string": b"TEXT = \"\"\"\ndef not_one():\n    pass\n\"\"\"\n\ndef one():\n    x = '''\nclass Not:\n'''\n"
    b"    return x\n\ndef two():\n    pass\n",
    "quotes in a comment": b"# \"\"\" opens nothing\ndef one():\n    pass\n# '''\ndef two():\n    pass\n",
    "escaped quotes": b'def one():\n    return """a \\""" \ndef no(): pass\n"""\n\ndef two(): pass\n',
    "text before a string": b'def one():\n    call("a # b", """\ndef no():\n""", x=\'\', y="""\nclass No:\n'
    b'""")\n\ndef two(): pass\n',
    "a head of many lines": b'def one(\n    a: dict[str, int] = {"a:b": 1},  # a: comment\n    *,\n    b=lambda x: x,\n'
    b') -> "list[int]":\n    """Doc."""\n    return a\n\nclass G[T: int](Base[T], metaclass=M): pass\n',
    "brackets at the margin": b"def one():\n    return call(\n        1,\n)\n\ndef two():\n    x = [\n"
    b"        1,\n    ]\n    return x\n",
    "comments after": b"def one():\n    return 1\n    # mine\n\n    # mine too\n# nobody's\n\ndef two():\n"
    b"    return 2\n# at the margin\n"
    b"    return 3\n",
    "a comment before the body": b'def one():  # noqa: x\n    # why\n\n    """Doc."""\n    return 1\n',
    "lines that go on": b"def one():\n    x = 1 + \\\n2\n    y = 'a\\\ndef no(): pass'\n    return x, y\n\n"
    b"def two(): pass\n",
    "no newline at the end": b"class A:\n    def m(self):\n        return 1",
    "dedent": b"class A:\n    def m(self):\n        return 1\n\n    x = 2\n\nvalue = A()\n\nclass B(A):\n"
    b"    def m(self):\n        pass\n",
    "models": b"class User(models.Model):\n    name = models.CharField()\n\n    def __str__(self):\n"
    b"        return self.name\n\n"
    b"@dataclass\nclass Point:\n    x: int\n    y: int\n",
    "other letters": "class Größe:\n    def höhe(self):\n        return 'ß'\n\n\ndef ширина():\n    pass\n".encode(),
    "nothing": b"",
    "text": b"x = 1\n",
}
DOUBTFUL = {
    "in an if": b"if x:\n    def one(): pass\nelse:\n    def one(): return 1\n",
    "tabs": b"class A:\n\tdef m(self):\n\t\tpass\n",
    "carriage returns": b"def one():\r\n    pass\r\n",
    "a margin in brackets": b"class A:\n    def m(self):\n        return call(\n'a',\nb)\n\n    def n(self): pass\n",
    "a string that never ends": b'def one():\n    """Doc.\n    pass\n',
    "quotes within quotes": b'def one():\n    return \'"""\'\n\ndef two(): pass\n',
    "a comment with a backslash": b"# what \\\ndef one():\n    pass\n",
}


def parsed(source: bytes) -> list[Definition]:
    """By the parser."""
    assert PYTHON
    return PYTHON.extract(source).definitions


@pytest.mark.parametrize("source", PLAIN.values(), ids=list(PLAIN))
def test_it_tells_what_the_parser_tells(source: bytes) -> None:
    assert PYTHON
    assert outline(source) is not None
    assert PYTHON.outline(source) == parsed(source)


@pytest.mark.parametrize("source", DOUBTFUL.values(), ids=list(DOUBTFUL))
def test_where_lines_do_not_tell_the_parser_does(source: bytes) -> None:
    assert PYTHON
    assert outline(source) is None
    assert PYTHON.outline(source) == parsed(source)


def test_on_our_own_tests_they_agree() -> None:
    assert PYTHON
    sources = [file.read_bytes() for file in sorted(TESTS.rglob("*.py"))]
    told = [source for source in sources if outline(source) is not None]
    assert len(told) > 0.8 * len(sources) > 200
    assert [PYTHON.outline(source) for source in told] == [parsed(source) for source in told]


@pytest.mark.parametrize("package", [asyncio, email, unittest], ids=lambda module: module.__name__)
def test_on_foreign_code_they_agree_but_for_last_lines(package: ModuleType) -> None:
    """Where a comment at the end is oddly indented, the parser's last line follows no rule."""
    assert PYTHON
    assert package.__file__
    sources = [file.read_bytes() for file in sorted(Path(package.__file__).parent.rglob("*.py"))]
    assert sum(outline(source) is not None for source in sources) > 0.8 * len(sources)
    for source in sources:
        told, wanted = PYTHON.outline(source), parsed(source)
        assert [one._replace(end_line=0, body=(0, 0)) for one in told] == [
            one._replace(end_line=0, body=(0, 0)) for one in wanted
        ]


def test_addresses_in_a_test_are_found_as_ever() -> None:
    source = b'from django.urls import path\n\nurlpatterns = [path("a/", view)]\n\n\ndef view(request):\n    pass\n'
    found = [one.definition.name for one in take_apart("tests/urls.py", source).entries]
    assert sorted(found) == ["/a/", "view"]


def test_product_code_is_read_by_the_parser_and_tests_say_the_same() -> None:
    source = PLAIN["models"]
    product, test = take_apart("app/models.py", source), take_apart("tests/models.py", source)
    names = [one.definition for one in test.entries]
    assert names == [one.definition for one in product.entries]
    assert not any(one.words for one in test.entries)
