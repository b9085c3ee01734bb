"""When a service is ready: it listens itself, and answers on the path that the project names."""

import asyncio
import ipaddress
import logging
import re
import socket
import time
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil

from backend_developer.contract.ports import Service
from backend_developer.workspace.services.launch import LOOPBACK

logger = logging.getLogger(__name__)

POLL_S = 0.1
OTHER_PORT_AFTER_S = 2.0
"""How long a service may listen elsewhere before its own port is taken for the one that it uses."""
_URL_IN_LOG = re.compile(rb"https?://[^\s/:]+:(\d{2,5})")
_LOG_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class Ready:
    """It listens and answers."""

    url: str


@dataclass(frozen=True, slots=True)
class Died:
    """It ended by itself."""

    exit_code: int


@dataclass(frozen=True, slots=True)
class Silent:
    """The limit has passed."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Socket:
    ip: str
    port: int

    @property
    def url(self) -> str:
        address = ipaddress.ip_address(self.ip)
        host = "[::1]" if address.version == 6 and address.is_loopback else LOOPBACK
        return f"http://{host}:{self.port}"


async def wait_until_ready(
    service: Service, port: int, *, limit_s: float, ready_path: str | None = None
) -> Ready | Died | Silent:
    """Wait until the service listens on its port, ends, or the limit has passed.

    Only sockets of its own processes count: another process on that port is not taken for it. A service that goes
    its own way and listens elsewhere is found by its sockets; where it has several, by the address in its log.
    """
    began = time.monotonic()
    url: str | None = None
    while True:
        if (exit_code := service.exited()) is not None:
            return Died(exit_code)
        waited = time.monotonic() - began
        url = url or await asyncio.to_thread(_find_url, service, port, elsewhere=waited > OTHER_PORT_AFTER_S)
        if url and (ready_path is None or await _is_fine(url + ready_path)):
            logger.info("url=%s waited_s=%.2f", url, waited)
            return Ready(url)
        if waited > limit_s:
            return Silent(_why_silent(url, port, ready_path, limit_s))
        await asyncio.sleep(POLL_S)


def _why_silent(url: str | None, port: int, ready_path: str | None, limit_s: float) -> str:
    if url:
        return f"{ready_path} did not answer below 400 within {limit_s:g} s"
    return f"it did not listen on port {port} within {limit_s:g} s"


def _find_url(service: Service, port: int, *, elsewhere: bool) -> str | None:
    try:
        sockets = _listening(service.pids)
    except psutil.AccessDenied:
        return _Socket(LOOPBACK, port).url if _connects(port) else None
    chosen = [found for found in sockets if found.port == port]
    if not chosen and elsewhere and len(sockets) > 1:
        named = _ports_in(service.log)
        chosen = [found for found in sockets if found.port in named]
    if not chosen and elsewhere:
        chosen = sockets
    return chosen[0].url if chosen else None


def _listening(pids: list[int]) -> list[_Socket]:
    """The sockets of these processes that can be reached by the loopback, IPv4 and low ports first."""
    found = set()
    for pid in pids:
        try:
            connections = psutil.Process(pid).net_connections(kind="tcp")
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        found |= {_Socket(c.laddr.ip, c.laddr.port) for c in connections if c.status == psutil.CONN_LISTEN}
    return sorted(filter(_is_local, found), key=lambda item: (item.port, ":" in item.ip))


def _is_local(item: _Socket) -> bool:
    address = ipaddress.ip_address(item.ip)
    return address.is_loopback or address.is_unspecified


def _ports_in(log: Path) -> set[int]:
    try:
        data = log.read_bytes()[-_LOG_BYTES:]
    except OSError:
        return set()
    return {int(port) for port in _URL_IN_LOG.findall(data)}


def _connects(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


async def _is_fine(url: str) -> bool:
    try:
        async with httpx2.AsyncClient(trust_env=False, timeout=5.0) as client:
            return (await client.get(url)).status_code < 400
    except httpx2.HTTPError:
        return False
