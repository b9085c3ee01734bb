"""What a process under test says of itself."""

import resource
import sys
import time
from pathlib import Path

STATUS = Path("/proc/self/status")


def cpu_s() -> float:
    """Processor time of this process so far, in seconds."""
    return time.process_time()


def peak_mib() -> float:
    """The most memory that was resident at once, in MiB."""
    if STATUS.exists():
        # `ru_maxrss` holds what the parent had when it forked, too.
        line = next(line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
