import importlib
import logging
from pathlib import Path

import pytest

from backend_developer.interfaces import logs

logger = logging.getLogger("backend_developer.test")


def test_records_go_to_the_file_with_module_and_function(bare_machine: Path) -> None:
    path = logs.set_up(bare_machine)
    logger.info("parameters: %d", 3)
    assert path is not None
    text = path.read_text(encoding="utf-8")
    assert "INFO [test_logs:test_records_go_to_the_file_with_module_and_function] parameters: 3" in text
    assert logs.current_path() == path


def test_stderr_only_when_verbose(bare_machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(bare_machine)
    logger.error("kept out of sight")
    logging.getLogger("some.library").error("this too")
    assert capsys.readouterr().err == ""
    logs.set_up(bare_machine, verbose=True)
    logger.debug("seen")
    assert "seen" in capsys.readouterr().err


def test_other_packages_are_kept_from_warning_up(bare_machine: Path) -> None:
    path = logs.set_up(bare_machine)
    library = logging.getLogger("some.library")
    library.info("chatter")
    library.warning("trouble")
    assert path is not None
    text = path.read_text(encoding="utf-8")
    assert "trouble" in text
    assert "chatter" not in text


def test_a_second_set_up_replaces_the_first(bare_machine: Path, tmp_path: Path) -> None:
    before = len(logging.getLogger().handlers)
    logs.set_up(bare_machine)
    logs.set_up(tmp_path / "other")
    assert logs.current_path() == tmp_path / "other" / "logs" / logs.FILE_NAME
    logs.tear_down()
    assert len(logging.getLogger().handlers) == before
    assert logs.current_path() is None


def test_folder_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("", encoding="utf-8")
    assert logs.set_up(blocker) is None


def test_the_file_is_rotated(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FILE_BYTES", 500)
    path = logs.set_up(bare_machine)
    for number in range(20):
        logger.info("%d %s", number, "x" * 60)
    assert path is not None
    assert path.stat().st_size <= 500
    kept = sorted(path.parent.glob(f"{logs.FILE_NAME}*"))
    assert 2 <= len(kept) <= logs.OLD_FILES + 1


def test_import_touches_no_logger() -> None:
    root, ours = logging.getLogger(), logging.getLogger(logs.OURS)
    before = (list(root.handlers), root.level, ours.level)
    importlib.reload(logs)
    assert (list(root.handlers), root.level, ours.level) == before
