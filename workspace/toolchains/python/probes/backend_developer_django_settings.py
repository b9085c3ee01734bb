"""The project's own Django settings, with its SQLite files moved out of the project.

BACKEND_DEVELOPER_SETTINGS names the project's settings module, BACKEND_DEVELOPER_SQLITE the folder for the files.
`migrate` begins with fresh ones, so what an earlier attempt migrated is gone.
"""

import importlib
import os
import sys
from pathlib import Path

_module = importlib.import_module(os.environ["BACKEND_DEVELOPER_SETTINGS"])
globals().update({name: value for name, value in vars(_module).items() if name.isupper()})

_folder = Path(os.environ["BACKEND_DEVELOPER_SQLITE"])
for _alias, _database in globals().get("DATABASES", {}).items():
    if _database.get("ENGINE", "").endswith("sqlite3") and "memory" not in str(_database.get("NAME", "")):
        _folder.mkdir(parents=True, exist_ok=True)
        _database["NAME"] = _folder / f"{_alias}.sqlite3"
        if sys.argv[1:2] == ["migrate"]:
            _database["NAME"].unlink(missing_ok=True)
