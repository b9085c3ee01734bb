"""Imports the modules named as arguments, in this order.

Prints a JSON object for the first that cannot be imported, and ends with 1 then.
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback

import backend_developer_report as reporting


def main(names: list[str]) -> int:
    """Import all; the exit code is 1 if one fails."""
    for name in names:
        try:
            importlib.import_module(name)
        except (Exception, SystemExit) as error:  # noqa: BLE001  whatever a module raises is what we ask for
            traceback.print_exc()
            file, line = reporting.place(error)
            message = f"import {name}: {reporting.sentence(error).strip()}"
            fields = {"file": reporting.relative(file), "line": line, "code": "import", "message": message}
            sys.stdout.write(json.dumps(fields) + "\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
