"""The skills' code in languages without a compiler here: parsed by the grammars that the index uses."""

import pytest
import tree_sitter_c_sharp
import tree_sitter_go
import tree_sitter_rust
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from tests.integration.prompts.skill_blocks import NAMES, blocks_of

GRAMMARS = {
    "csharp": tree_sitter_c_sharp.language(),
    "go": tree_sitter_go.language(),
    "rust": tree_sitter_rust.language(),
    "typescript": tree_sitter_typescript.language_typescript(),
}


def first_fault(node: Node) -> int | None:
    """The line, from 1, of the first part that the grammar does not know."""
    if node.is_error or node.is_missing:
        return node.start_point.row + 1
    faults = (first_fault(child) for child in node.children if child.has_error or child.is_missing)
    return next((line for line in faults if line is not None), None)


@pytest.mark.parametrize("name", [name for name in NAMES if any(b.language in GRAMMARS for b in blocks_of(name))])
def test_each_block_parses(name: str) -> None:
    blocks = [block for block in blocks_of(name) if block.language in GRAMMARS]
    faults = {}
    for block in blocks:
        line = first_fault(Parser(Language(GRAMMARS[block.language])).parse(block.code.encode()).root_node)
        if line is not None:
            faults[block.line + line - 1] = f"{block.language} {block.word}"
    assert faults == {}


@pytest.mark.parametrize("language", GRAMMARS)
def test_a_fault_is_found(language: str) -> None:
    code = b"\n\n}}} broken ((( {{{\n"
    assert first_fault(Parser(Language(GRAMMARS[language])).parse(code).root_node) is not None
