"""The README tells the figures of the scan as they were written by the benchmark."""

from pathlib import Path

ROOT = Path(__file__).parents[3]


def rows(text: str) -> set[str]:
    return {line for line in text.splitlines() if line.startswith("| ")}


def test_the_readme_has_the_rows_that_were_measured() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    figures = readme.partition("`make benchmarks-scan`")[2].partition("## The repository")[0]
    measured = rows((ROOT / "benchmarks" / "results_scan.md").read_text(encoding="utf-8"))
    assert len(rows(figures)) == 14
    assert rows(figures) <= measured
