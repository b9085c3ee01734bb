"""The README tells the figures of the gates as they were written by the benchmark."""

from benchmarks.gates.measure import LANGUAGES
from tests.unit.benchmarks.test_results import ROOT, rows


def test_the_readme_has_the_rows_that_were_measured() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    figures = rows(readme.partition("`make benchmarks-gates`")[2].partition("`make benchmarks-scan`")[0])
    measured = rows((ROOT / "benchmarks" / "results_gates.md").read_text(encoding="utf-8"))
    # Three of the sample service and one a language; each table has a head and the line below.
    assert len(measured) == 3 + len(LANGUAGES) + 2 * 2
    assert figures == measured
