"""Values that a column may hold, the likeliest first: by its type, and by what its checks name."""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

logger = logging.getLogger(__name__)

_LITERAL = re.compile(r"'((?:[^']|'')*)'::")
_NUMBER = re.compile(r"(?<![\w'.])-?\d+(?:\.\d+)?(?![\w'.])")
_LENGTH = re.compile(r"^(?:character varying|character|bit)\((\d+)\)")
_TEXTS = ("text", "character", "name", "citext", '"char"')
_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision", "money", "oid")

_FIXED: Mapping[str, tuple[str, ...]] = {
    "boolean": ("true", "false"),
    "daterange": ("[2026-01-01,2026-01-{day:02}]",),
    "date": ("2026-01-{day:02}", "2026-02-{day:02}"),
    "timestamp": ("2026-01-{day:02} 12:00:00+00", "2026-02-{day:02} 12:00:00+00"),
    "time": ("12:00:{day:02}", "13:00:{day:02}"),
    "tsrange": ("[2026-01-01,2026-01-{day:02}]",),
    "tstzrange": ("[2026-01-01,2026-01-{day:02}]",),
    "int4range": ("[1,{n}]",),
    "int8range": ("[1,{n}]",),
    "numrange": ("[1,{n}]",),
    "interval": ("{n} hours",),
    "jsonpath": ("$.n{n}",),
    "json": ('{{"n": {n}}}', "[]"),
    "bytea": ("\\x{n:02}",),
    "bit": ("1", "0"),
    "inet": ("192.0.2.{n}",),
    "cidr": ("192.0.2.{n}/32",),
    "macaddr": ("08:00:2b:01:02:{n:02}",),
    "tsvector": ("sample{n}",),
    "tsquery": ("sample{n}",),
    "xml": ("<a>{n}</a>",),
    "point": ("({n},{n})",),
    "box": ("(0,0),({n},{n})",),
    "polygon": ("((0,0),({n},0),(0,{n}))",),
    "circle": ("<(0,0),{n}>",),
    "ltree": ("sample{n}",),
    "hstore": ("n=>{n}",),
}
"""By the beginning of the type's name; the first that fits counts."""
_VECTOR = re.compile(r"^(?:half|sparse)?vec(?:tor)?\((\d+)\)")


def candidates(column: Mapping[str, Any], checks: Iterable[str], number: int) -> list[str | None]:
    """Values as text, to be cast to the column's type; `number` makes those of a unique column differ.

    None alone where nothing is known of the type.
    """
    definitions = list(checks)
    kind = column["base"] or column["type"]
    if column["labels"]:
        labels = column["labels"]
        return [*labels[number % len(labels) :], *labels]
    if column["category"] == "A":
        return ["{}"]
    if column["kind"] in ("r", "m"):
        return ["empty" if column["kind"] == "r" else "{}"]
    literals = [text.replace("''", "'") for one in definitions for text in _LITERAL.findall(one)]
    rotated = [*literals[number:], *literals[:number]] if number < len(literals) else literals
    if kind.startswith(_TEXTS):
        return _cut([*rotated, *_texts(number, definitions)], kind)
    if kind.startswith(_NUMBERS):
        return _numbers(number, definitions)
    if kind.startswith("json"):
        literals = [json.dumps(dict.fromkeys(literals, number + 1))] if literals else []
    return [*_fixed(kind, number), *literals]


def _fixed(kind: str, number: int) -> list[str | None]:
    logger.debug("type=%s", kind)
    if kind == "uuid":
        return [str(UUID(int=number + 1))]
    if vector := _VECTOR.match(kind):
        return [f"[{','.join([str(number + 1)] * int(vector[1]))}]"]
    fixed = next((values for name, values in _FIXED.items() if kind.startswith(name)), ())
    return [value.format(n=number + 1, day=number % 28 + 1) for value in fixed] or [None]


def _texts(number: int, definitions: list[str]) -> list[str]:
    lengths = [int(found) for one in definitions for found in _NUMBER.findall(one) if found.isdigit()]
    words = [f"sample{number}", f"sample{number}@example.com", f"https://example.com/{number}", f"SAMPLE{number}"]
    sized = [str(number).rjust(length, "a") for length in lengths if 0 < length < 500]
    return [*words, str(100 + number), f"+1555000000{number}", chr(97 + number), chr(65 + number), *sized]


def _numbers(number: int, definitions: list[str]) -> list[str | None]:
    named = [float(found) for one in definitions for found in _NUMBER.findall(one)]
    near = [value + step for value in named for step in (0, 1 + number, -1 - number)]
    return [f"{value:g}" for value in (1 + number, *near, 0)]


def _cut(values: list[str], kind: str) -> list[str | None]:
    found = _LENGTH.match(kind)
    # What makes it differ stands at the end.
    return [value[-int(found[1]) :] for value in values] if found else list(values)
