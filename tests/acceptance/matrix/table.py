"""The README's matrix, written from the outcomes of a run of the matrix.

python -m pytest tests/acceptance/matrix --junitxml=FILE
python -m tests.acceptance.matrix.table FILE
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from tests.acceptance.matrix.cases import CORRECT, FAULTS
from tests.acceptance.matrix.languages import LANGUAGES

README = Path(__file__).parents[3] / "README.md"
MARKED = re.compile(r"(?<=<!-- matrix -->\n).*?(?=<!-- /matrix -->)", re.DOTALL)
ROWS = (CORRECT, *FAULTS)
COLUMNS = tuple(language.name for language in LANGUAGES)
NOT_RUN = "not run"

Cells = Mapping[tuple[str, str], str]
"""Language and fault to the outcome."""


def read_run(junit: Path) -> Cells:
    """The outcomes that the tests of a run recorded; those that were skipped or failed recorded none."""
    cells = {}
    for test in ElementTree.parse(junit).iter("testcase"):
        said = {one.attrib["name"]: one.attrib["value"] for one in test.iter("property")}
        if "outcome" in said:
            cells[said["language"], said["fault"]] = said["outcome"]
    return cells


def table(cells: Cells) -> str:
    """Faults as rows, languages as columns; there is no .NET to run."""
    lines = [_row("alone in the change", *COLUMNS, ".NET"), _row(*["---"] * (len(COLUMNS) + 2))]
    for fault in ROWS:
        outcomes = [cells.get((language, fault), NOT_RUN) for language in COLUMNS]
        lines += [_row(fault, *outcomes, NOT_RUN)]
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Write the table between the README's marks."""
    made = table(read_run(Path(sys.argv[1])))
    README.write_text(MARKED.sub(lambda _: made, README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
