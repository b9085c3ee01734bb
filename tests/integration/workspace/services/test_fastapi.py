import sys
from collections.abc import Callable
from pathlib import Path

from backend_developer.workspace.services import Stage, parse_checks, play
from backend_developer.workspace.toolchains.base import Package, ServiceSpec

APP = """
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class User(BaseModel):
    name: str


@app.post("/users", status_code=201)
async def create(user: User) -> dict[str, object]:
    return {"id": 1, "name": user.name}


@app.get("/users/{number}")
async def get(number: int) -> dict[str, object]:
    return {"name": {1: "Ann"}[number]}
"""


async def test_a_fastapi_service_is_proved_and_its_crash_is_placed(
    make_stage: Callable[..., Stage], project: Path
) -> None:
    (project / "app.py").write_text(APP)
    argv = (sys.executable, "-m", "uvicorn", "app:app", "--host", "127.0.0.1", "--port", "{port}")
    spec = ServiceSpec(argv=argv, package=Package("python", "."), framework="fastapi")
    checks = parse_checks(
        [
            {"method": "POST", "path": "/users", "json": {"name": "Ann"}, "expect": {"status": 201}},
            {"method": "GET", "path": "/users/{last.id}", "expect": {"status": 200, "contains": '"name": "Ann"'}},
            {"method": "POST", "path": "/users", "json": {}, "expect": {"status": 422}},
            {"method": "GET", "path": "/users/99", "expect": {"status": 404}},
        ]
    )

    playback = await play(spec, checks, make_stage())

    (finding,) = playback.findings
    assert [answer.status for answer in playback.answers] == [201, 200, 422, 500]
    assert (finding.file, finding.line) == ("app.py", 19)
    assert "expected 404, got 500" in finding.message
    assert "KeyError: 99 at app.py:19" in finding.message
