"""What counts as a function and as a log call in C#: ILogger, Serilog, NLog."""

import re

from tree_sitter import Node

from backend_developer.nodes.gates.house_rules.languages.tree import (
    HOLE,
    LOGGER_NAME,
    Dialect,
    arguments,
    only_assigns,
)
from backend_developer.workspace.index.languages.tree import text_of

_METHOD = re.compile(
    r"(?:Log)?(?:Trace|Debug|Information|Info|Warning|Warn|Error|Critical|Fatal|Verbose)|Log|Write"
)  # fmt: skip
_CUSTOMARY = frozenset({"ToString", "Equals", "GetHashCode", "CompareTo", "Dispose", "DisposeAsync", "Deconstruct"})
_INTERPOLATION = re.compile(r"\{[^{}]*\}")
_STRINGS = frozenset({"string_literal", "verbatim_string_literal", "raw_string_literal"})


class CSharp(Dialect):
    """Methods, constructors, local functions and lambdas."""

    functions = frozenset(
        {
            "method_declaration", "constructor_declaration", "local_function_statement", "lambda_expression",
            "anonymous_method_expression",
        }
    )  # fmt: skip
    scopes = frozenset(
        {"class_declaration", "struct_declaration", "record_declaration", "interface_declaration"}
    )  # fmt: skip
    statements = frozenset(
        {
            "expression_statement", "local_declaration_statement", "return_statement", "if_statement",
            "for_statement", "foreach_statement", "while_statement", "do_statement", "switch_statement",
            "try_statement", "throw_statement", "using_statement", "lock_statement", "yield_statement",
            "break_statement", "continue_statement",
        }
    )  # fmt: skip
    calls = frozenset({"invocation_expression"})
    barren = frozenset(
        {"using_directive", "comment", "modifier", "identifier", "predefined_type", "string_literal", "integer_literal"}
    )  # fmt: skip
    quote = '"'

    def label(self, node: Node) -> str:
        """The call that it is handed to."""
        call = node.parent.parent.parent if node.parent and node.parent.parent else None
        if call is None or call.type != "invocation_expression":
            return "the lambda"
        first = next((text_of(one) for one in arguments(call) if one.children[0].type in _STRINGS), "")
        return f"the handler of {text_of(call.child_by_field_name('function'))[:60]}({first[:60]})"

    def messages(self, call: Node) -> list[str] | None:
        """A method called like a level of something called like a logger, or of Serilog's `Log`."""
        access = call.child_by_field_name("function")
        if access is None or access.type != "member_access_expression":
            return None
        if not _METHOD.fullmatch(text_of(access.child_by_field_name("name"))):
            return None
        target = access.child_by_field_name("expression")
        last = text_of(target.child_by_field_name("name") or target) if target else ""
        if not LOGGER_NAME.fullmatch(last):
            return None
        return [_text(one.named_children[-1]) for one in arguments(call) if one.named_children]

    def exempt(self, node: Node, name: str) -> bool:
        """What every object has, and a constructor that only keeps what it is given."""
        if name in _CUSTOMARY:
            return True
        return node.type == "constructor_declaration" and only_assigns(node.child_by_field_name("body"))


def _text(node: Node) -> str:
    if node.type in _STRINGS:
        return text_of(node).lstrip("@").strip('"')
    if node.type == "interpolated_string_expression":
        return _INTERPOLATION.sub(HOLE, text_of(node).lstrip("$@").strip('"'))
    if node.type == "binary_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        return (_text(left) if left else "") + (_text(right) if right else "")
    return HOLE


CSHARP = CSharp()
