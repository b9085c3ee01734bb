"""The README's matrix holds the cells of the suite, each with an outcome, and no others."""

from tests.acceptance.matrix.cases import CORRECT
from tests.acceptance.matrix.languages import LANGUAGES
from tests.acceptance.matrix.table import COLUMNS, MARKED, NOT_RUN, README, ROWS


def _shown() -> list[list[str]]:
    found = MARKED.search(README.read_text(encoding="utf-8"))
    assert found is not None
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found[0].splitlines()]


def test_the_rows_and_columns_are_those_of_the_suite() -> None:
    head, _, *rows = _shown()
    assert head[1:] == [*COLUMNS, ".NET"]
    assert tuple(row[0] for row in rows) == ROWS
    assert all({*language.faults} == {*ROWS} - {CORRECT} for language in LANGUAGES)


def test_each_cell_names_the_gate_and_the_file_that_the_suite_expects() -> None:
    for fault, *cells, dotnet in _shown()[2:]:
        assert dotnet == NOT_RUN
        for language, cell in zip(LANGUAGES, cells, strict=True):
            if fault == CORRECT:
                assert cell == "`success`"
                continue
            case = language.faults[fault]
            place, line = cell.removesuffix("`").rsplit(":", 1)
            assert place == f"{case.source} `{case.file}", (language.name, fault)
            assert int(line) > 0
