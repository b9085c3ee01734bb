"""Two versions of a file as a unified diff, in git's form."""

import difflib
import stat

from backend_developer.workspace.files import Content
from backend_developer.workspace.text import decode, printable

_MAX_CHARS = 2_000_000
_NO_NEWLINE = "\n\\ No newline at end of file\n"


def file_diff(path: str, before: Content | None, after: Content | None) -> str:
    """What changed in one file, None standing for no file; one line where it is binary or very long."""
    name = printable(path)
    head = f"diff --git a/{name} b/{name}\n" + _mode_lines(before, after)
    if (before.data if before else b"") == (after.data if after else b""):
        return head
    old, new = _lines(before), _lines(after)
    if old is None or new is None:
        return f"{head}Binary files {_side('a', name, before)} and {_side('b', name, after)} differ\n"
    hunks = difflib.unified_diff(old, new, _side("a", name, before), _side("b", name, after))
    return head + "".join(line if line.endswith("\n") else line + _NO_NEWLINE for line in hunks)


def _mode_lines(before: Content | None, after: Content | None) -> str:
    if before is None or after is None:
        content, deed = (after, "new") if after else (before, "deleted")
        return f"{deed} file mode {_mode(content)}\n" if content else ""
    old, new = _mode(before), _mode(after)
    return f"old mode {old}\nnew mode {new}\n" if old != new else ""


def _mode(content: Content) -> str:
    if stat.S_ISLNK(content.mode):
        return "120000"
    return "100755" if content.mode & stat.S_IXUSR else "100644"


def _side(letter: str, name: str, content: Content | None) -> str:
    return f"{letter}/{name}" if content else "/dev/null"


def _lines(content: Content | None) -> list[str] | None:
    """The lines with their ends; None where they are not for reading. Only a line feed ends one, as for git."""
    if content is None or not content.data:
        return []
    decoded = decode(content.data)
    if decoded is None or len(decoded.text) > _MAX_CHARS:
        return None
    lines = [f"{line}\n" for line in decoded.text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]
