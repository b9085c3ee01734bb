from pathlib import Path

import pytest

from tests.support.fakes import CHECK, SERVICE, make_bench


async def test_the_code_index_finds_definitions(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path)
    found = await bench.context.toolbox.call("code_index", {"query": "get_user", "type": "py"}, "1")
    assert found.ok
    assert "app/users.py" in found.text


async def test_a_skill_is_given_whole(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path)
    given = await bench.context.toolbox.call("skill", {"name": "code-standards"}, "1")
    assert given.text.strip() == bench.context.skills.whole("code-standards").strip()


async def test_an_unknown_skill_names_the_ones_there_are(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path)
    refused = await bench.context.toolbox.call("skill", {"name": "magic"}, "1")
    assert not refused.ok
    assert "code-standards" in refused.text


async def test_a_library_has_nothing_to_probe(tmp_path: Path) -> None:
    bench = await make_bench(tmp_path)
    refused = await bench.context.toolbox.call("probe", {"checks": [CHECK]}, "1")
    assert not refused.ok
    assert "service" in refused.text


@pytest.mark.parametrize(
    ("check", "told"),
    [({"method": "GET"}, "path"), ({**CHECK, "path": "http://elsewhere/"}, "name no host"), ({**CHECK, "x": 1}, "x")],
)
async def test_a_faulty_check_says_what_is_wrong(tmp_path: Path, check: dict[str, object], told: str) -> None:
    bench = await make_bench(tmp_path)
    bench.toolchain.offered = [SERVICE]
    refused = await bench.context.toolbox.call("probe", {"checks": [check]}, "1")
    assert not refused.ok
    assert told in refused.text
