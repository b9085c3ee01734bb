"""The rule on suppressions: no new comment that silences a checker for a whole file, or for whatever it may say."""

import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Sequence

from backend_developer.contract import Finding
from backend_developer.nodes.gates.house_rules.change import Change

_WHOLE_FILE = re.compile(
    r"#\s*(?:(?:ruff|flake8)\s*:\s*noqa\b|mypy\s*:\s*(?:ignore-errors|disable-error-code))", re.IGNORECASE
)
_ANYTHING = re.compile(r"#\s*(?:noqa\b(?!\s*:\s*[A-Z])|type\s*:\s*ignore\b(?!\s*\[))", re.IGNORECASE)
_NAMED = re.compile(r"#\s*(?:noqa\s*:\s*[A-Z]|type\s*:\s*ignore\s*\[)", re.IGNORECASE)
_KINDS = (
    ("file-silenced", "silences a checker for the whole file: mend what it finds", _WHOLE_FILE),
    ("line-silenced", "silences whatever a checker may say: mend it, or name the one code with its reason", _ANYTHING),
    ("code-silenced", "silences one code: see that its reason stands beside it", _NAMED),
)


def check_suppressions(changes: Sequence[Change]) -> list[Finding]:
    """Judge the changed Python files together, since code that moves takes its comments along.

    One that names the code it silences is a warning; the others are errors.
    """
    old = Counter(kind for change in changes for kind, _ in _suppressions(change.path, change.before))
    found = []
    for change in changes:
        for kind, line in _suppressions(change.path, change.after):
            if old[kind] > 0:
                old[kind] -= 1
            else:
                found.append(_finding(kind, change.path, line))
    return found


def _suppressions(path: str, data: bytes | None) -> Iterator[tuple[str, int]]:
    if data is None or not path.endswith((".py", ".pyi")):
        return
    try:
        for token in tokenize.tokenize(io.BytesIO(data).readline):
            if token.type == tokenize.COMMENT and (kind := _kind(token.string)):
                yield kind, token.start[0]
    except (tokenize.TokenError, SyntaxError):
        # A file that does not parse is the build gate's.
        return


def _kind(comment: str) -> str | None:
    return next((code for code, _, pattern in _KINDS if pattern.search(comment)), None)


def _finding(kind: str, path: str, line: int) -> Finding:
    why = next(told for code, told, _ in _KINDS if code == kind)
    finding = Finding(source="house_rules", code=kind, message=f"a new comment {why}", file=path, line=line)
    return finding.model_copy(update={"level": "warning"}) if kind == "code-silenced" else finding
