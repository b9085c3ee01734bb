import json
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import InvalidSettings, Settings
from backend_developer.mcp_servers.client.configuration import load_servers


def write(path: Path, servers: Any) -> Path:
    path.write_text(json.dumps({"mcpServers": servers}))
    return path


def test_a_program_and_an_address_with_variables(tmp_path: Path) -> None:
    servers = {
        "context7": {"command": "npx", "args": ["-y", "${PACKAGE:-@upstash/context7-mcp}"], "env": {"KEY": "${KEY}"}},
        "docs": {"type": "http", "url": "https://user@docs.example/mcp?key=1", "headers": {"X-Key": "${KEY}"}},
    }
    settings = Settings(mcp_config=write(tmp_path / "servers.json", servers))
    found = load_servers(tmp_path, settings, {"KEY": "secret"})
    assert found["context7"].argv == ("npx", "-y", "@upstash/context7-mcp")
    assert found["context7"].env == {"KEY": "secret"}
    assert found["docs"].headers == {"X-Key": "secret"}
    assert [spec.label for spec in found.values()] == ["context7 by npx", "docs at docs.example/mcp"]


def test_the_projects_own_servers_only_where_trusted_and_the_hosts_win(tmp_path: Path) -> None:
    write(tmp_path / ".mcp.json", {"context7": {"command": "theirs"}, "more": {"command": "more"}})
    host = write(tmp_path / "host.json", {"context7": {"command": "ours"}})
    assert load_servers(tmp_path, Settings(), {}) == {}
    found = load_servers(tmp_path, Settings(mcp_config=host, trust_project_mcp=True), {})
    assert {name: spec.argv for name, spec in found.items()} == {"context7": ("ours",), "more": ("more",)}


def test_every_fault_is_named(tmp_path: Path) -> None:
    servers = {
        "a b": {"command": "x"},
        "old": {"type": "sse", "url": "http://x"},
        "empty": {"args": "x"},
        "far": {"url": "ftp://x", "headers": [1]},
        "unset": {"command": "${NOT_SET}"},
        "list": [],
    }
    with pytest.raises(InvalidSettings) as caught:
        load_servers(tmp_path, Settings(mcp_config=write(tmp_path / "bad.json", servers)), {})
    told = "\n".join(caught.value.faults)
    for part in ("a b: a name", "`type` 'sse'", "`command` must", "`args` must", "`url` must", "`headers` must"):
        assert part in told
    assert "the variable NOT_SET is not set" in told
    assert "list: is not an object" in told


@pytest.mark.parametrize("text", ["{", "[]", '{"servers": {}}'])
def test_a_file_of_another_form_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(InvalidSettings, match=r"bad\.json"):
        load_servers(tmp_path, Settings(mcp_config=tmp_path / "bad.json"), {})
