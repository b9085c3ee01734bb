import pytest


@pytest.fixture(autouse=True)
def _no_model_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "BACKEND_DEVELOPER_API_KEY", "BACKEND_DEVELOPER_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
