"""What has been installed in a workspace: a fingerprint for each install, in one file of the state folder."""

import json
import logging
from pathlib import Path

logger = logging.getLogger(__name__)

UNFINISHED = ""
"""Stands while an install runs: one that was cut off may have left half of it behind."""


def lacking(fingerprint: str) -> str:
    """Stands for an install that ended well, after which something that is declared still cannot be seen."""
    return f"{fingerprint} lacking"


class Stamps:
    """The file is beyond the reach of commands; a lost or broken one costs an install."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, key: str) -> str | None:
        """The fingerprint of what was last installed; None where nothing is known of it."""
        return self._load().get(key)

    def write(self, key: str, fingerprint: str) -> None:
        """Note it, the whole file at once."""
        known = {**self._load(), key: fingerprint}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(known), encoding="utf-8")
        draft.replace(self._path)

    def _load(self) -> dict[str, str]:
        try:
            known = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            logger.warning("%s cannot be read: %s", self._path, error)
            return {}
        return known if isinstance(known, dict) else {}
