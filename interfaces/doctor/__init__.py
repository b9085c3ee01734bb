"""What a run needs of the machine: each thing checked, each with the way to mend it."""

from backend_developer.interfaces.doctor.check import Check, Probe, Surroundings, diagnose
from backend_developer.interfaces.doctor.probes import PROBES, examine

__all__ = ["PROBES", "Check", "Probe", "Surroundings", "diagnose", "examine"]
