import pytest

from backend_developer.workspace.syntax import syntax_fault


@pytest.mark.parametrize(
    ("path", "data", "line"),
    [
        ("a.py", b"x = 1\ndef f(:\n", 2),
        ("a.py", b"x = (\n", 1),
        ("a.pyi", b"\xff\xfe", 1),
        ("a.py", b"x = 1\0", 1),
        ("a.json", b'{"a": 1,\n "b": }', 2),
        ("a.json", b"", 1),
        ("a.toml", b'a = 1\nb = "', 2),
        ("pyproject.toml", b"[a]\n[a]\n", 2),
        ("a.yaml", b"a: 1\nb: [1, 2\n", 3),
        ("a.yml", b"a: b: c\n", 1),
    ],
)
def test_finds_the_line(path: str, data: bytes, line: int) -> None:
    fault = syntax_fault(path, data)
    assert fault
    assert fault.line == line
    assert fault.message


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.py", b"x = '\\d'\n"),
        ("a.py", b"# coding: cp1251\nx = '\xe4'\n"),
        ("a.json", b"[1]"),
        ("tsconfig.json", b"{ // comment\n}"),
        ("a.toml", b"a = 1\n"),
        ("a.yaml", b"a: !Ref b\n---\nc: 1\n"),
        ("chart.yaml", b"a: {{ .Values.b }}\n"),
        ("a.go", b"func ("),
        ("README", b"("),
    ],
)
def test_lets_pass_what_is_right_or_unknown(path: str, data: bytes) -> None:
    assert syntax_fault(path, data) is None
