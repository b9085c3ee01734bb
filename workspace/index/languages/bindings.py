"""Which router a variable stands for at a place of a file."""

from typing import NamedTuple

DEPTH = 64
"""Parts of one expression that are looked at; none that a person writes is longer."""


class Router(NamedTuple):
    """A router by its name in `records.Link`, and a prefix below it."""

    name: str
    prefix: str = ""

    def below(self, prefix: str) -> "Router":
        """The part of it that has this prefix."""
        return Router(self.name, chained(self.prefix, prefix))


class _Binding(NamedTuple):
    """From byte to byte, a variable stands for a router."""

    start: int
    end: int
    router: Router


class Bindings:
    """The variables of a file. One of these that is bound nowhere is a name of the file's own."""

    def __init__(self) -> None:
        self._of: dict[str, list[_Binding]] = {}

    def bind(self, variable: str, start: int, end: int, router: Router) -> None:
        """From byte to byte, a variable stands for a router. Within that, it may be bound to another one."""
        self._of.setdefault(variable, []).append(_Binding(start, end, router))

    def find(self, variable: str, place: int) -> Router:
        """What a variable stands for at a byte; of the last that is assigned before it."""
        reaching = [one for one in self._of.get(variable, ()) if one.start <= place < one.end]
        return max(reaching, key=lambda one: one.start).router if reaching else Router(variable)


def chained(prefix: str, below: str) -> str:
    """One prefix after another."""
    return f"{prefix.rstrip('/')}/{below.lstrip('/')}" if prefix and below else prefix or below
