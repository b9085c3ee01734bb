"""Every word that the model reads: Markdown templates in this folder, and the skills."""

import functools
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent


@functools.cache
def _environment() -> Environment:
    # Markdown for a model, not HTML for a browser: escaping would change code in the prompt.
    return Environment(  # noqa: S701
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
    )


def render(name: str, /, **values: Any) -> str:
    """Fill the template `<name>.md`; a value that it needs and does not get is an error.

    The same values give the same bytes, which the providers' prompt caches rely on.
    """
    return _environment().get_template(f"{name}.md").render(**values).strip() + "\n"


@functools.cache
def text(name: str) -> str:
    """The file `<name>.md` as it stands, without its final newline; read from the disk once a process."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()
