"""The scan's figures beside code-index-mcp, and how well it ranks: `python benchmarks/scan/run.py [--show]`.

Prints a Markdown table and writes it to `benchmarks/results_scan.md`.
"""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    runpy.run_module("benchmarks.scan.measure", run_name="__main__")
