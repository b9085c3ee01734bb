"""One embedded PostgreSQL a test process, for all that need no server of their own."""

import pytest

from tests.support.postgres import session_state_dir

state_dir = pytest.fixture(scope="session")(session_state_dir)
