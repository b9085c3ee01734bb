"""How the service logs: each line says the module and the function it comes from."""

import logging

FORMAT = "%(asctime)s %(levelname)s [%(module)s:%(funcName)s] %(message)s"


def set_up_logging(level: str) -> None:
    """Send the log to stderr, from `level` up."""
    logging.basicConfig(level=level, format=FORMAT, force=True)
    logging.getLogger(__name__).info("level=%s", level)
