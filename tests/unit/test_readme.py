"""The README says what is so."""

import re
from pathlib import Path

from pydantic_core import PydanticUndefined

from backend_developer.contract import Settings
from backend_developer.graph.builder import NODES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

SHARED = {"BASE_URL": "OPENAI_BASE_URL", "API_KEY": "OPENAI_API_KEY", "DATABASE_URL": "DATABASE_URL"}


def settings_table() -> str:
    """What the README's table of settings has to be."""
    rows = ["| name | default | what it is |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, PydanticUndefined) else f"`{field.default}`"
        other = SHARED.get(name.upper())
        known = f"`{name.upper()}`" + (f", or `{other}` as it is" if other else "")
        rows.append(f"| {known} | {default} | {field.description} |")
    return "\n".join(rows)


def test_the_table_of_settings_is_that_of_the_code() -> None:
    assert settings_table() in README


def test_the_picture_names_every_node() -> None:
    picture = README.split("```")[1]
    assert set(NODES) <= set(re.findall(r"\w+", picture))


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []
