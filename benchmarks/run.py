"""Ours beside `langchain.agents.create_agent`, measured in one go: `python benchmarks/run.py [--rounds 5]`.

Prints a Markdown table and writes it to `benchmarks/results.md`.
"""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    # The scripted model server is the tests' own, and stands at the top of the repository.
    sys.path.insert(0, str(Path(__file__).parents[1]))
    runpy.run_module("benchmarks.measure", run_name="__main__")
