import ast
import json
import tomllib
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.nodes.gates.house_rules.log_rule import check_logging
from tests.integration.prompts.skill_blocks import NAMES, blocks_of, parse_blocks

PARSERS: dict[str, Callable[[str], Any]] = {"json": json.loads, "toml": tomllib.loads, "yaml": yaml.safe_load}
FRONT = "---\nname: x\n---\n"


@pytest.mark.parametrize("name", NAMES)
def test_python_compiles(name: str) -> None:
    for block in blocks_of(name, "python"):
        with warnings.catch_warnings(action="error"):
            ast.parse("\n" * (block.line - 1) + block.code, filename=f"{name}/SKILL.md")


@pytest.mark.parametrize("name", NAMES)
def test_python_obeys_our_rule_on_logging(name: str) -> None:
    changes = [
        Change(f"{block.file_stem}.py", None, block.code.encode())
        for block in blocks_of(name, "python")
        if block.word != "fragment"
    ]
    assert check_logging(changes, lambda: False) == []


@pytest.mark.parametrize("name", NAMES)
def test_data_parses(name: str) -> None:
    for block in blocks_of(name):
        if block.language in PARSERS and block.word != "fragment":
            assert PARSERS[block.language](block.code), f"{name}:{block.line} is empty"


@pytest.mark.parametrize("name", NAMES)
def test_few_fragments(name: str) -> None:
    blocks = blocks_of(name)
    assert sum(block.word == "fragment" for block in blocks) * 2 <= len(blocks)


def test_a_block_knows_its_place_and_promise() -> None:
    (block,) = parse_blocks("x", FRONT + "\ntext\n\n```python run\nprint()\n```\n")
    assert (block.line, block.language, block.word, block.code) == (8, "python", "run", "print()\n")


@pytest.mark.parametrize("info", ["", "cobol", "python quickly", "text run"])
def test_an_unknown_promise_is_refused(info: str) -> None:
    with pytest.raises(ValueError, match="cannot be marked"):
        list(parse_blocks("x", FRONT + f"```{info}\n1\n```\n"))
