"""What is cut out of a file before it is parsed, and that no silent function gets lost with it."""

from functools import partial

import pytest

from backend_developer.nodes.gates.house_rules.before import Before
from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.nodes.gates.house_rules.languages import braces, indents
from backend_developer.nodes.gates.house_rules.languages.reading import Reading
from backend_developer.nodes.gates.house_rules.log_rule import check_logging

OLD_PYTHON = '''\
class Users:
    def old(
        self, number: int
    ) -> int:
        """Of a number,
        the next."""
        other = number + 1
        third = other + 1
        # not the last word
        return third
    # a remark

    @cached
    async def other(self):
        one = 1
        two = await one
        return two
'''
NEW_PYTHON = '''
    def new(self, name):
        """Says it."""
        logger.info(
            "[Users:new] %s", name
        )
        one = name
        return one
'''
OLD_TYPESCRIPT = """\
export class Users {
  @Get()
  old(
    id: number,
  ): number {
    const text = `a
    b`; /* all */
    const other = id + 1;
    return other;
  }
"""
NEW_TYPESCRIPT = """
  async fresh(name: string) {
    if (name) {
      this.logger.log(`[Users:fresh] ${name}`);
    }
    const one = name;
    return one;
  }
}
"""


def here(text: str) -> partial[bool]:
    return partial(Before([Change("a", text.encode(), None)]).stood_in, "a")


def cut(short: Reading | None) -> str:
    assert short is not None
    return short.text


def codes(path: str, before: str, after: str) -> list[int | None]:
    return [one.line for one in check_logging([Change(path, before.encode(), after.encode())], lambda: False)]


def test_of_python_the_heads_and_the_log_calls_are_left() -> None:
    short = indents.shorten(OLD_PYTHON + NEW_PYTHON, here(OLD_PYTHON))
    assert cut(short) == (
        "class Users:\n    def _(): ...\n    # a remark\n\n    @cached\n    def _(): ...\n\n"
        '    def new(self, name):\n        """Says it."""\n        logger.info(\n            "[Users:new] %s", name\n'
        "        )\n"
    )


def test_of_braces_the_heads_and_the_log_calls_are_left() -> None:
    short = braces.shorten(OLD_TYPESCRIPT + NEW_TYPESCRIPT, "`", here(OLD_TYPESCRIPT))
    assert cut(short) == (
        "export class Users {\n  @Get()\n  old(\n    id: number,\n  ): number {\n  }\n\n"
        "  async fresh(name: string) {\n    if (name) {\n      this.logger.log(`[Users:fresh] ${name}`);\n    }\n"
        "  }\n}\n"
    )


def test_the_lines_of_what_is_left_are_those_of_the_file() -> None:
    whole = OLD_PYTHON + NEW_PYTHON
    short = indents.shorten(whole, here(OLD_PYTHON))
    assert short is not None
    assert short.source((1, 1)) == "\n".join(whole.split("\n")[1:10])
    assert short.source((5, 5)) == "\n".join(whole.split("\n")[13:17])
    assert short.source((7, 11)) == NEW_PYTHON.strip("\n")
    assert short.left((1, 2)) == "    def _(): ...\n    # a remark"


class Asked:
    """Knows one function, and keeps what it was asked for."""

    def __init__(self, known: str = "") -> None:
        self.known = known
        self.sources: list[str] = []

    def __call__(self, source: str) -> bool:
        self.sources.append(source)
        return source == self.known


def test_what_is_cut_must_lie_in_functions_that_need_no_judgement() -> None:
    short = indents.shorten(OLD_PYTHON + NEW_PYTHON, here(OLD_PYTHON))
    assert short is not None
    asked = Asked()
    assert [rows for rows in ((1, 1), (5, 5), (0, 11)) if short.is_old(rows, asked)] == [(1, 1), (5, 5)]
    assert not asked.sources, "neither what is known by its rows, nor what is not whole, is looked for"
    assert not short.is_old((9, 10), asked)
    assert asked.sources == [short.left((9, 10))]
    assert not short.is_settled
    assert not short.needs_none((7, 11), Asked(), logs=False)
    assert not short.is_settled
    assert short.needs_none((7, 11), Asked(NEW_PYTHON.strip("\n")), logs=False)
    assert short.is_settled


def test_a_function_that_logs_settles_its_cut() -> None:
    short = indents.shorten(f"class A:{NEW_PYTHON}", here(""))
    assert short is not None
    assert short.needs_none((0, 0), Asked(), logs=True)
    assert not short.is_settled
    assert short.needs_none((1, 5), Asked(), logs=True)
    assert short.is_settled


def test_a_file_of_which_little_would_be_cut_is_left_whole() -> None:
    assert indents.shorten(OLD_PYTHON, here("")) is None
    assert braces.shorten(OLD_TYPESCRIPT, "`", here("")) is None


@pytest.mark.parametrize("odd", ["\t# wide\n", "\f\n", 'x = """\\""" """\n', "x = 1"])
def test_python_that_cannot_be_told_by_its_lines_is_left_whole(odd: str) -> None:
    assert indents.shorten(OLD_PYTHON + odd, here(OLD_PYTHON + odd)) is None


SILENT = "    one = 1\n    two = 2\n    return one + two\n"
LONG_STRING = f'def old():\n    text = """\nLong.\n"""\n{SILENT}\n\ndef also():\n{SILENT}'
IN_STRING = f'TEXT = """\ndef old():\n    """, """\n{SILENT}"""\n\n\ndef also():\n{SILENT}'


@pytest.mark.parametrize("old", [LONG_STRING, IN_STRING])
def test_strings_of_several_lines_hide_no_silent_function(old: str) -> None:
    new = f"def new(a):\n{SILENT}"
    for after in (f"{old}\n\n{new}", f"{new}\n\n{old}"):
        assert codes("a.py", old, after) == [after.split("\n").index("def new(a):") + 1]
    changed = old.replace("two = 2", "two = 3")
    assert codes("a.py", old, changed)[-1] == changed.split("\n").index("def also():") + 1


GO = """\
package a

func (s *S) Old() int {
	s.log.Info("[S:Old] called")
	one := 1
	two := one + 1
%s
func Other() int {
	one := 1
	two := one + 2
	return two
}
"""


@pytest.mark.parametrize("end", ["	return two\n  }\n", "	return two }\n", "	return two\n	}\n"])
def test_a_function_that_ends_where_none_would_expect_it_hides_no_other(end: str) -> None:
    after = GO % end
    assert codes("a.go", "package a\n", after) == [after.split("\n").index("func Other() int {") + 1]


TEMPLATE = "const text = `\n}\n`;"


def test_a_brace_in_a_string_of_several_lines_ends_no_function() -> None:
    old = f"function old() {{\n  {TEMPLATE}\n  const two = text;\n  return two;\n}}\n"
    new = "function fresh() {\n  const one = 1;\n  const two = one;\n  return two;\n}\n"
    assert codes("a.ts", old, old + new) == [8]
    assert codes("a.ts", old, new + old) == [1]
    assert codes("a.ts", "", f"function said() {{\n  console.log('[a:said]');\n  {TEMPLATE}\n}}\n{new}") == [7]


def test_a_function_that_came_into_an_interface_is_seen() -> None:
    before = "interface Rows {\n  first: number;\n}\n"
    after = before.replace("}", "export function fresh() {\n  one();\n  two();\n  three();\n}\n}")
    assert codes("a.ts", before, after) == [3]


def test_a_block_inside_a_function_is_no_old_function() -> None:
    block = "  wrap(() => {\n    one();\n    two();\n    three();\n    four();\n  });\n"
    old = f"wrapped();\n{block}"
    assert codes("a.ts", old, f"function fresh()\n{{\n  start();\n  end();\n{block}}}\n") == [1]


def test_what_stood_in_a_file_that_does_not_parse_is_still_old() -> None:
    old = f"def old():\n{SILENT}\n\ndef broken(:\n"
    assert codes("a.py", old, f"def old():\n{SILENT}\n\ndef new():\n    return 1\n") == []
