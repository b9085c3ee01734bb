"""Models of Python projects: classes that describe a table or a message."""

import re

from backend_developer.workspace.index.languages.shape import FIELDS, Shape

_BASES = re.compile(r"\((.*)\)\s*:?\s*(?:#.*)?$", re.DOTALL)
_FIELD = re.compile(rb"^([ \t]*)([A-Za-z]\w*)[ \t]*(?::(?!=)|=(?!=))", re.MULTILINE)
_METHOD = re.compile(rb"^[ \t]*(?:@|def\s|async\s+def\s)", re.MULTILINE)
_TABLE = re.compile(rb"""\b(?:__tablename__|db_table)\s*(?::[^=\n]+)?=\s*["']([^"']+)["']""")
_COLUMN = re.compile(rb"[=:]\s*(?:sa\.|db\.|orm\.)?(?:mapped_column|Column|relationship)\(|\b__tablename__\b")
_DJANGO_FIELD = re.compile(rb"=\s*(?:models\.)(?:\w*Field|ForeignKey|OneToOneField)\(")
_DATACLASS = re.compile(r"@(?:[\w.]*\.)?dataclass\b|@attrs?\.(?:define|frozen|s|mutable)\b|@define\b")
_NOT_FIELDS = frozenset({"model_config", "objects", "metadata", "class", "else", "try", "finally"})
_BY_BASE = {
    "DeclarativeBase": "sqlalchemy",
    "SQLModel": "sqlmodel",
    "BaseModel": "pydantic",
    "BaseSettings": "pydantic",
    "RootModel": "pydantic",
}


def shape(head: str, decorators: str, body: bytes, column: int) -> Shape:
    """Framework, table and fields of a class; `column` is the indentation of its body."""
    own = _own(body, column)
    table = _TABLE.search(body) if b"db_table" in body else _TABLE.search(own)
    fields = _fields(own, column)
    if not fields and not table:
        return Shape("", "")
    name = table[1].decode("utf-8", "replace") if table else ""
    return Shape(_framework(head, decorators, own), f"{name}: {', '.join(fields)}")


def bases(head: str) -> list[str]:
    """Simple names of the bases in a class's head or signature, without modules and parameters."""
    found = _BASES.search(head)
    names = (base.strip().partition("[")[0] for base in found[1].split(",")) if found else ()
    return [name.rpartition(".")[2] for name in names if name and "=" not in name]


def _own(body: bytes, column: int) -> bytes:
    """What stands in a class's body before its first method."""
    method = _METHOD.search(body)
    return b" " * column + (body[: method.start()] if method else body)


def _framework(head: str, decorators: str, own: bytes) -> str:
    if "models.Model" in head or _DJANGO_FIELD.search(own):
        return "django"
    if "db.Model" in head or _COLUMN.search(own):
        return "sqlalchemy"
    for base in bases(head):
        if base in _BY_BASE:
            return _BY_BASE[base]
    return "dataclass" if decorators and _DATACLASS.search(decorators) else ""


def _fields(own: bytes, column: int) -> list[str]:
    """Names assigned or annotated at the class's own level."""
    names = (name.decode("ascii") for indent, name in _FIELD.findall(own) if len(indent) == column)
    return [name for name in dict.fromkeys(names) if name not in _NOT_FIELDS][:FIELDS]
