"""Near-copies that the scan reports on Django itself, and the share of them that is false.

    python benchmarks/scan_duplicates.py [--list] [--cache FOLDER]

The source distribution of Django comes through pip, once. A sample, drawn by a hash of each pair, was read by hand; the
verdicts are in `scan_duplicates_sample.toml`. A sampled pair without a verdict ends the script with an error, so that
a change of the measure cannot pass unread.
"""

import argparse
import asyncio
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Any

from backend_developer.workspace.index import CodeIndex, Hit, Pair

VERDICTS = Path(__file__).with_name("scan_duplicates_sample.toml")
CACHE = Path.home() / ".cache" / "backend-developer" / "benchmarks"
DJANGO = "5.2"
SAMPLE = 50
LIMIT = 0.05

Key = tuple[str, str]


def main() -> int:
    """Measure; 1 where the figure is missed or not known."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--list", action="store_true", help="print every reported pair")
    arguments.add_argument("--cache", type=Path, default=CACHE, help="where the source distribution is kept")
    given = arguments.parse_args()
    root = fetch(given.cache)
    began = time.process_time()
    pairs = asyncio.run(reported(root))
    seconds = time.process_time() - began
    if given.list:
        for pair in pairs:
            print(f"{pair.similarity:.0%} {' = '.join(key(pair))}")
    read = tomllib.loads(VERDICTS.read_text(encoding="utf-8"))
    return told(pairs, read["seed"], {(one["first"], one["second"]): one for one in read["pair"]}, seconds)


def fetch(cache: Path) -> Path:
    """The unpacked source distribution of Django."""
    root = cache / f"Django-{DJANGO}"
    if not root.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
            subprocess.run([*pip, "--dest", folder, f"django=={DJANGO}"], check=True)
            (archive,) = Path(folder).glob("*.tar.gz")
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
            next(one for one in Path(folder).iterdir() if one.is_dir()).rename(root)
    return root


async def reported(root: Path) -> list[Pair]:
    """All near-copies in a project, in a stable order."""
    with tempfile.TemporaryDirectory() as state:
        index = CodeIndex(root, Path(state))
        try:
            return sorted(await index.duplicates(), key=key)
        finally:
            index.close()


def told(pairs: list[Pair], seed: int, known: dict[Key, dict[str, Any]], seconds: float) -> int:
    """Print what the sample shows, and judge it."""
    sample = sampled(pairs, seed)
    unread = [one for one in sample if one not in known]
    false = [one for one in sample if one in known and not known[one]["true"]]
    for pair in unread:
        print(f"no verdict: {' = '.join(pair)}", file=sys.stderr)
    for pair in false:
        print(f"false: {' = '.join(pair)}: {known[pair]['why']}")
    share = len(false) / max(1, len(sample))
    print(
        f"{len(pairs)} pairs reported in {seconds:.1f} s of processor time, the first index included; "
        f"{len(sample) - len(unread)} of {len(sample)} read, {len(false)} false: {share:.0%} (limit: under {LIMIT:.0%})"
    )
    return 1 if unread or len(sample) < SAMPLE or share >= LIMIT else 0


def sampled(pairs: list[Pair], seed: int) -> list[Key]:
    """The pairs to be read by hand: drawn by a hash of each, so that one pair more or less moves no other."""
    keys = sorted(map(key, pairs), key=lambda one: hashlib.sha256(f"{seed} {one}".encode()).digest())
    return sorted(keys[:SAMPLE])


def key(pair: Pair) -> Key:
    """What names a pair in the file of verdicts."""
    first, second = sorted((place(pair.first), place(pair.second)))
    return first, second


def place(hit: Hit) -> str:
    """A definition as it is found again."""
    return f"{hit.path}:{hit.line} {hit.name}"


if __name__ == "__main__":
    sys.exit(main())
