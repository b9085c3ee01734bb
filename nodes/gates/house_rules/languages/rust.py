"""What counts as a function and as a log call in Rust: the macros of tracing, log and slog.

`#[tracing::instrument(ret)]` or `(err)` logs results or errors with module and function by itself, and will do.
"""

import re

from tree_sitter import Node

from backend_developer.nodes.gates.house_rules.languages.tree import Dialect
from backend_developer.workspace.index.languages.tree import text_of

_MACROS = frozenset({"trace", "debug", "info", "warn", "error", "event", "crit"})
_PACKAGES = frozenset({"tracing", "log", "slog"})
_TRAIT_NAMES = """
Display Debug Default Clone Copy Drop From Into TryFrom TryInto FromStr AsRef Deref DerefMut PartialEq Eq PartialOrd Ord
Hash Iterator IntoIterator Error Serialize Deserialize Add Sub Mul Div Index IndexMut Borrow Future Stream Visitor
"""
_TRAITS = frozenset(_TRAIT_NAMES.split())
_INSTRUMENT = re.compile(r"#\[(?:tracing::)?instrument\b.*\b(?:ret|err)\b", re.DOTALL)
_TEST = re.compile(r"#\[(?:\w+::)*test\b|#\[cfg\(.*\btest\b|#\[(?:bench|rstest|proptest)\b")
_STRINGS = frozenset({"string_literal", "raw_string_literal"})


class Rust(Dialect):
    """Functions, methods and closures."""

    functions = frozenset({"function_item", "closure_expression"})
    scopes = frozenset({"impl_item", "trait_item", "mod_item"})
    statements = frozenset({"expression_statement", "let_declaration"})
    tails = frozenset({"block"})
    calls = frozenset({"macro_invocation"})
    barren = frozenset(
        {
            "use_declaration", "attribute_item", "line_comment", "block_comment", "identifier", "field_identifier",
            "type_identifier", "primitive_type", "string_literal", "visibility_modifier",
        }
    )  # fmt: skip
    quote = '"'

    def label(self, node: Node) -> str:
        """A closure."""
        return "the closure"

    def scope(self, node: Node) -> str:
        """A module's or trait's name, or the type that is implemented."""
        name = node.child_by_field_name("type") or node.child_by_field_name("name")
        return re.sub(r"<.*", "", text_of(name), flags=re.DOTALL).rpartition("::")[2]

    def messages(self, call: Node) -> list[str] | None:
        """A macro called like a level, alone or out of a logging crate; `println!` is none."""
        package, _, macro = text_of(call.child_by_field_name("macro")).rpartition("::")
        if macro not in _MACROS or (package and package not in _PACKAGES):
            return None
        given = next((child for child in call.children if child.type == "token_tree"), None)
        return [_text(one) for one in (given.named_children if given else ()) if one.type in _STRINGS]

    def exempt(self, node: Node, name: str) -> bool:
        """Tests, and the methods of the standard library's traits, as dunder methods in Python."""
        current: Node | None = node
        while current is not None:
            if _has_mark(current, _TEST):
                return True
            if current.type == "impl_item" and (trait := text_of(current.child_by_field_name("trait"))):
                return re.sub(r"<.*", "", trait, flags=re.DOTALL).rpartition("::")[2] in _TRAITS
            current = current.parent
        return False

    def logs_by_itself(self, node: Node) -> bool:
        """By tracing's attribute."""
        return _has_mark(node, _INSTRUMENT)


def _has_mark(node: Node, mark: re.Pattern[str]) -> bool:
    before = node.prev_named_sibling
    while before is not None and (before.type == "attribute_item" or "comment" in before.type):
        if mark.match(text_of(before)):
            return True
        before = before.prev_named_sibling
    return False


def _text(literal: Node) -> str:
    return text_of(literal).lstrip("br#").rstrip("#").strip('"')


RUST = Rust()
