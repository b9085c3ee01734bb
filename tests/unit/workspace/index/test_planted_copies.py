"""Renamed copies are found in every language, and what only has the same size is not."""

import pytest

from backend_developer.workspace.index import CodeIndex
from tests.support.planted import PLANTED, Planted
from tests.unit.workspace.index.conftest import Write


@pytest.fixture(params=PLANTED, ids=lambda planted: planted.suffix)
def planted(request: pytest.FixtureRequest) -> Planted:
    found: Planted = request.param
    return found


async def test_a_renamed_copy_is_found_in_a_project_of_six_languages(index: CodeIndex, write: Write) -> None:
    for one in PLANTED:
        write({f"a/original.{one.suffix}": one.original, f"b/copy.{one.suffix}": one.copy})
        write({f"c/other.{one.suffix}": one.other})
    pairs = {(pair.first.path, pair.second.path) for pair in await index.duplicates()}
    assert pairs >= {(f"a/original.{one.suffix}", f"b/copy.{one.suffix}") for one in PLANTED}
    assert not any("other" in path for pair in pairs for path in pair)


async def test_every_name_and_literal_may_be_another(index: CodeIndex, write: Write, planted: Planted) -> None:
    write({f"original.{planted.suffix}": planted.original, f"x.{planted.suffix}": planted.copy})
    (pair,) = await index.duplicates()
    assert (pair.first.name, pair.second.name, pair.similarity) == (planted.name, planted.copied, 1.0)
    assert (pair.first.line, pair.second.line) == (planted.line, planted.line)


async def test_another_logic_of_the_same_size_is_no_copy(index: CodeIndex, write: Write, planted: Planted) -> None:
    lengths = [len(text.split()) for text in (planted.original, planted.other)]
    assert max(lengths) < 1.5 * min(lengths)
    write({f"original.{planted.suffix}": planted.original, f"other.{planted.suffix}": planted.other})
    assert await index.duplicates() == []
