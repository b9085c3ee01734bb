"""Words that come from a model, a project or a service, made fit for a terminal."""

import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """Show control characters, direction marks and lone surrogates instead of obeying them.

    Line ends and tabs stay; an escape sequence in a file's text must not move the cursor or change the title.
    """
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text.replace("\r\n", "\n"))


def one_line(text: str, limit: int = 200) -> str:
    """`text` in one line of at most `limit` characters."""
    flat = " ".join(clean(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def counted(number: int, word: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def seconds(value: float) -> str:
    """`0.41 s`, `12.3 s`, `2 min 05 s`."""
    if value < 1:
        return f"{value:.2f} s"
    if value < 60:
        return f"{value:.1f} s"
    return f"{int(value) // 60} min {int(value) % 60:02d} s"


def money(cost_usd: str) -> str:
    """`, $0.0123`, or nothing where no price is set."""
    return f", ${float(cost_usd):.4f}" if cost_usd and float(cost_usd) else ""
