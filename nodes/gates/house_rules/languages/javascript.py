"""What counts as a function and as a log call in JavaScript and TypeScript: console, pino, winston, Nest's logger."""

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

_LEVEL_NAMES = """
log error warn info debug trace fatal verbose http silly notice critical alert emerg warning
"""
_LEVELS = frozenset(_LEVEL_NAMES.split())
_FACTORIES = frozenset({"child", "getLogger", "createLogger", "withTag", "scope"})
_CONVERSIONS = frozenset({"toString", "toJSON", "valueOf", "inspect"})
_PLACE = re.compile(r"^(?:module\.)?exports\.|\bprototype\.|^this\.")
_STRINGS = frozenset({"string", "template_string"})
_KEY = {"variable_declarator": "name", "assignment_expression": "left", "pair": "key"}
_FIELDS = frozenset({"public_field_definition", "field_definition"})


class JavaScript(Dialect):
    """Function declarations, methods, and functions that are given a name or are a handler."""

    functions = frozenset(
        {
            "function_declaration", "generator_function_declaration", "method_definition", "arrow_function",
            "function_expression", "generator_function",
        }
    )  # fmt: skip
    scopes = frozenset({"class_declaration", "abstract_class_declaration", "class", "internal_module"})
    statements = frozenset(
        {
            "expression_statement", "lexical_declaration", "variable_declaration", "return_statement", "if_statement",
            "for_statement", "for_in_statement", "while_statement", "do_statement", "switch_statement",
            "try_statement", "throw_statement", "break_statement", "continue_statement", "labeled_statement",
        }
    )  # fmt: skip
    calls = frozenset({"call_expression"})
    barren = frozenset(
        {
            "import_statement", "comment", "string", "number", "this", "identifier", "property_identifier",
            "type_identifier", "predefined_type", "accessibility_modifier",
        }
    )  # fmt: skip
    quote = "`"

    def name(self, node: Node) -> str:
        """Its own, or that of what it is given to, through one call at most: `const create = wrap(async () => ...)`."""
        if own := text_of(node.child_by_field_name("name")):
            return own
        holder = node.parent
        if holder and holder.type == "arguments" and holder.parent and _is_wrapper(holder.parent):
            holder = holder.parent.parent
        if holder is None:
            return ""
        if holder.type in _FIELDS:
            return text_of(holder.child_by_field_name("name") or holder.child_by_field_name("property"))
        if holder.type == "export_statement":
            return "default"
        given = _PLACE.sub("", text_of(holder.child_by_field_name(_KEY.get(holder.type, ""))))
        return given.rpartition(".")[2].strip("\"'")

    def label(self, node: Node) -> str:
        """The call that it is handed to."""
        call = node.parent.parent if node.parent else None
        if call is None or call.type != "call_expression":
            return super().label(node)
        first = next((text_of(one) for one in arguments(call) if one.type in _STRINGS), "")
        return f"the handler of {text_of(call.child_by_field_name('function'))[:60]}({first[:60]})"

    def messages(self, call: Node) -> list[str] | None:
        """`console.error(...)`, or a method called like a level of something called like a logger."""
        access = call.child_by_field_name("function")
        if access is None or access.type != "member_expression":
            return None
        level = text_of(access.child_by_field_name("property"))
        if level not in _LEVELS or not _is_logger(access.child_by_field_name("object")):
            return None
        return [_text(one) for one in arguments(call)]

    def exempt(self, node: Node, name: str) -> bool:
        """Accessors, conversions, and a constructor that only keeps what it is given."""
        if name in _CONVERSIONS or any(child.type in {"get", "set"} for child in node.children):
            return True
        return name == "constructor" and only_assigns(node.child_by_field_name("body"))


def _is_wrapper(call: Node) -> bool:
    function = call.child_by_field_name("function")
    return function is not None and function.type == "identifier"


def _is_logger(node: Node | None) -> bool:
    """By its name, or by coming from a logger's factory: `logger.child({...})`, `this.log`, `req.log`."""
    if node is None:
        return False
    if node.type == "call_expression":
        function = node.child_by_field_name("function")
        if function is None:
            return False
        last = text_of(function.child_by_field_name("property") or function)
        return last in _FACTORIES or LOGGER_NAME.fullmatch(last) is not None
    last = text_of(node.child_by_field_name("property") or node)
    return last == "console" or LOGGER_NAME.fullmatch(last.lstrip("#")) is not None


def _text(node: Node) -> str:
    if node.type == "string":
        return text_of(node)[1:-1]
    if node.type == "template_string":
        return "".join(
            HOLE if child.type == "template_substitution" else text_of(child)
            for child in node.children[1:-1]
        )  # fmt: skip
    if node.type == "binary_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        return (_text(left) if left else "") + (_text(right) if right else "")
    return HOLE


JAVASCRIPT = JavaScript()
