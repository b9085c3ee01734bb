"""What a model describes, as every language tells it."""

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

FIELDS = 16
"""Fields that are told of a model; a longer list says no more about what it is."""


class Shape(NamedTuple):
    """What a type describes."""

    framework: str = ""
    """Empty where it is no model by itself; it may be one by its bases in other files."""
    detail: str = ""
    """`table: field, field`."""


def shape_of(framework: str, table: str, fields: Iterable[str]) -> Shape:
    """Framework, table and the first fields."""
    return Shape(framework, f"{table}: {', '.join(islice(filter(None, fields), FIELDS))}".rstrip())
