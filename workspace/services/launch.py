"""What is typed to start a service: port, database address and folder filled in."""

import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backend_developer.contract import EnvironmentBroken
from backend_developer.workspace.toolchains.base import ServiceSpec
from backend_developer.workspace.toolchains.placeholders import fill, fill_all

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Launch:
    """The commands that start a service, ready to run."""

    argv: tuple[str, ...] | str
    prepare: tuple[tuple[str, ...], ...]
    cwd: Path
    env: Mapping[str, str]
    port: int
    writable: tuple[Path, ...]


def free_port() -> int:
    """A port of the loopback on which nothing listens at this moment.

    Raises `EnvironmentBroken` where there is none.
    """
    try:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
    except OSError as error:
        raise EnvironmentBroken(
            f"No port of {LOOPBACK} is free: {error}.", "Free one and resume.", source="runtime"
        ) from None
    return port


def fill_in(spec: ServiceSpec, *, cwd: Path, port: int, database_url: str | None) -> Launch:
    """Replace the placeholders in the commands and the environment.

    The port is also in `PORT`, where many frameworks look for it, and no bytecode is written into the project.
    """
    filled = partial(fill, port=port, database_url=database_url)
    env = {"PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    logger.info("framework=%s port=%d database=%s", spec.framework, port, database_url is not None)
    return Launch(
        argv=filled(spec.argv) if isinstance(spec.argv, str) else tuple(map(filled, spec.argv)),
        prepare=tuple(tuple(map(filled, command)) for command in spec.prepare),
        cwd=cwd,
        env={**env, **fill_all(spec.env, port=port, database_url=database_url)},
        port=port,
        writable=spec.writable,
    )
