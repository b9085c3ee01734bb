from pathlib import Path

import pytest

from backend_developer.nodes.gates.house_rules.formatters import formats_prefix


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app/log.py", 'FORMAT = "%(asctime)s [%(module)s:%(funcName)s] %(message)s"'),
        ("logging.ini", "format=%(levelname)s %(name)s.%(funcName)s: %(message)s"),
        ("settings.py", 'LOGGING = {"format": "{levelname} {module} {funcName} {message}", "style": "{"}'),
        ("log.py", 'logger.add(sys.stderr, format="{name}:{function}:{line} {message}")'),
        ("log.py", "from loguru import logger\n"),
        ("log.py", "CallsiteParameterAdder({CallsiteParameter.MODULE, CallsiteParameter.FUNC_NAME})"),
        ("log.py", 'return f"[{record.module}:{record.funcName}] {record.getMessage()}"'),
        ("log.yaml", "format: '%(module)-8s %(funcName)-8s %(message)s'"),
    ],
)
def test_formats_with_module_and_function_are_found(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)

    assert formats_prefix(tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("log.py", 'FORMAT = "%(asctime)s %(module)s %(message)s"'),
        ("log.py", 'FORMAT = "%(funcName)s %(message)s"'),
        ("README.md", "%(module)s:%(funcName)s"),
        (".venv/log.py", "%(module)s:%(funcName)s"),
        ("log.py", "the {function} of this"),
    ],
)
def test_other_formats_are_not(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)

    assert not formats_prefix(tmp_path)
