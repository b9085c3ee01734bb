"""The public servers, as they are installed."""

import pytest

from backend_developer.mcp_servers.client import ServerSpec
from tests.support.public_servers import installed


@pytest.fixture(scope="session")
def public_servers() -> dict[str, ServerSpec]:
    """By role."""
    return {role: ServerSpec(role, argv=(program,)) for role, program in installed().items()}
