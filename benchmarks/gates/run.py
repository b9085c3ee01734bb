"""The gates' figures beside what the same takes by hand: `python benchmarks/gates/run.py [--rounds 5]`.

Prints a Markdown table and writes it to `benchmarks/results_gates.md`.
"""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    runpy.run_module("benchmarks.gates.measure", run_name="__main__")
