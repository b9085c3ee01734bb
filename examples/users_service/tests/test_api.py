"""The service over HTTP; needs PostgreSQL."""

import uuid

from fastapi.testclient import TestClient

from app.auth import ClientRepository


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_team_is_made_found_and_listed(client: TestClient) -> None:
    name = f"team {uuid.uuid4()}"
    made = client.post("/teams", json={"name": name})
    assert made.status_code == 201
    assert client.get(f"/teams/{made.json()['id']}").json()["name"] == name
    assert client.get("/teams", params={"limit": 1}).json()["total"] >= 1
    assert client.post("/teams", json={"name": name}).status_code == 409


def test_missing_team_is_not_found(client: TestClient) -> None:
    answer = client.get("/teams/999999999")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not-found"


def test_only_an_admin_deletes_a_team(client: TestClient) -> None:
    team = client.post("/teams", json={"name": f"team {uuid.uuid4()}"}).json()
    assert client.delete(f"/teams/{team['id']}").status_code == 401
    name, secret = str(uuid.uuid4()), "a long secret"
    with client.app.state.pool.connection() as connection:  # type: ignore[attr-defined]
        ClientRepository(connection).create(name, secret, "admin")
    token = client.post("/auth/token", json={"name": name, "secret": secret}).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/auth/me", headers=headers).json()["role"] == "admin"
    assert client.delete(f"/teams/{team['id']}", headers=headers).status_code == 204
    assert client.post("/auth/logout", headers=headers).status_code == 204
    assert client.get("/auth/me", headers=headers).status_code == 401
