"""Why an install failed, in words for a report or for the model."""

import re
from dataclasses import dataclass

from backend_developer.contract import Finding, InstallFailed
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.install.step import InstallStep

_LINES = 15
_CHARS = 1_200
_USAGE = re.compile(r"npm (?:error|ERR!) Usage:")
"""npm closes some errors with the whole help on its command."""
_NETWORK = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network is unreachable"
    r"|could ?n.t resolve host|name resolution|failed to resolve|no such host|dial tcp"
    r"|connection (?:refused|reset|timed out)|max retries exceeded|read timed out"
    r"|dns error|failed to connect|NU1301|spurious network error",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class InstallFailure:
    """An install that did not end well."""

    step: InstallStep
    command: str
    """The command line that failed, as it could be typed again."""
    ending: str
    """How it ended: `ended with exit code 1`."""
    said: str
    """Its last lines."""
    log: str | None = None
    """Where all of its output is."""

    @classmethod
    def of(cls, step: InstallStep, outcome: Outcome, limit_s: float) -> "InstallFailure":
        """The failure of a command that was run."""
        late = f"did not end within {limit_s:g} s"
        ending = late if outcome.timed_out else f"ended with exit code {outcome.exit_code}"
        return cls(step, outcome.command, ending, _tail(outcome.output), str(outcome.log))

    @property
    def is_network(self) -> bool:
        """Whether its last lines say that the network failed, which no change of a manifest mends."""
        return _NETWORK.search(self.said) is not None

    @property
    def message(self) -> str:
        """What happened, on one line and then in the command's own words."""
        where = "the project's folder" if self.step.folder == "." else self.step.folder
        return f"`{self.command}` in {where} {self.ending}:\n{self.said}".rstrip(":\n")

    def blocked(self) -> InstallFailed:
        """The stop, where the change has no part in it."""
        if self.is_network:
            what = "Let this machine reach the package registry (a proxy or a mirror, as that manager is told of one)"
        else:
            what = "Run it there by hand and mend what it says"
        whole = f"; all of its output is in {self.log}" if self.log else ""
        return InstallFailed(self.message, f"{what}, then hand the task over again{whole}.", source="install")

    def finding(self) -> Finding:
        """The same for the model, where it has changed what is to be installed."""
        text = f"what the manifests declare cannot be installed: {self.message}"
        file = next(iter(self.step.inputs), None)
        return Finding(source=f"install/{self.step.manager}", code="install-failed", message=text, file=file)


def _tail(output: str) -> str:
    lines = [line.rstrip() for line in output.splitlines() if line.strip(" \t") not in ("", "npm error", "npm ERR!")]
    end = next((number for number, line in enumerate(lines) if _USAGE.match(line)), len(lines))
    return "\n".join(lines[max(0, end - _LINES) : end])[-_CHARS:]
