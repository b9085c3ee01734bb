"""What counts as a function and as a log call in Go: log, log/slog, zap, zerolog, logrus."""

import re

from tree_sitter import Node

from backend_developer.nodes.gates.house_rules.languages.tree import HOLE, LOGGER_NAME, Dialect, arguments
from backend_developer.workspace.index.languages.tree import text_of

_METHOD = re.compile(
    r"(?:Print|Fatal|Panic|Trace|Debug|Info|Notice|Warn|Warning|Error|DPanic|Log|Output|Msg)"
    r"(?:f|ln|w|Context|Attrs)?"
)
_PACKAGES = frozenset({"log", "slog", "logrus", "zap", "zerolog", "glog", "klog"})
_CUSTOMARY_NAMES = """
init String GoString Error Unwrap Is As Len Less Swap MarshalJSON UnmarshalJSON MarshalText UnmarshalText Scan Value
TableName LogValue
"""
_CUSTOMARY = frozenset(_CUSTOMARY_NAMES.split())
_RECEIVER = re.compile(r"\*?\s*(\w+)\s*(?:\[.*\])?\s*\)\s*$", re.DOTALL)
_STRINGS = frozenset({"interpreted_string_literal", "raw_string_literal"})


class Go(Dialect):
    """Functions, methods and function literals."""

    functions = frozenset({"function_declaration", "method_declaration", "func_literal"})
    statements = frozenset(
        {
            "expression_statement", "send_statement", "inc_statement", "dec_statement", "assignment_statement",
            "short_var_declaration", "var_declaration", "const_declaration", "go_statement", "defer_statement",
            "return_statement", "if_statement", "for_statement", "expression_switch_statement",
            "type_switch_statement", "select_statement", "break_statement", "continue_statement", "goto_statement",
        }
    )  # fmt: skip
    calls = frozenset({"call_expression"})
    barren = frozenset(
        {
            "package_clause", "import_declaration", "comment", "identifier", "field_identifier", "type_identifier",
            "interpreted_string_literal", "raw_string_literal",
        }
    )  # fmt: skip
    quote = "`"

    def name(self, node: Node) -> str:
        """With the type of its receiver: `Users.Create`."""
        own = text_of(node.child_by_field_name("name"))
        receiver = _RECEIVER.search(text_of(node.child_by_field_name("receiver")))
        return f"{receiver[1]}.{own}" if receiver else own

    def label(self, node: Node) -> str:
        """The call that it is handed to."""
        call = node.parent.parent if node.parent and node.parent.type == "argument_list" else None
        if call is None:
            return super().label(node)
        first = next((text_of(one) for one in arguments(call) if one.type in _STRINGS), "")
        return f"the handler of {text_of(call.child_by_field_name('function'))[:60]}({first[:60]})"

    def messages(self, call: Node) -> list[str] | None:
        """A method called like a level of a logging package or of something called like a logger."""
        access = call.child_by_field_name("function")
        if access is None or access.type != "selector_expression":
            return None
        if not _METHOD.fullmatch(text_of(access.child_by_field_name("field"))):
            return None
        if not _is_logger(access.child_by_field_name("operand")):
            return None
        return [_text(one) for one in arguments(call)]

    def exempt(self, node: Node, name: str) -> bool:
        """What Go's own interfaces and the mappers ask for, as dunder methods in Python."""
        return name in _CUSTOMARY


def _is_logger(node: Node | None) -> bool:
    """By any name in the chain of calls that leads to it: `log.Info().Str(...)`, `s.logger`, `zap.L()`."""
    for _ in range(16):
        if node is None:
            return False
        if node.type == "call_expression":
            node = node.child_by_field_name("function")
            continue
        last = text_of(node.child_by_field_name("field") or node)
        if last in _PACKAGES or LOGGER_NAME.fullmatch(last):
            return True
        node = node.child_by_field_name("operand")
    return False


def _text(node: Node) -> str:
    if node.type in _STRINGS:
        return text_of(node)[1:-1]
    if node.type == "binary_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        return (_text(left) if left else "") + (_text(right) if right else "")
    if node.type == "call_expression" and text_of(node.child_by_field_name("function")) == "fmt.Sprintf":
        return next((_text(one).replace("%s", HOLE) for one in arguments(node)), HOLE)
    return HOLE


GO = Go()
