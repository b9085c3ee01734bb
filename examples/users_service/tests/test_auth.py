"""Secrets, tokens, sessions, limits and permissions, without a database."""

import pytest

from app.auth import (
    RateLimiter,
    SessionStore,
    TokenSigner,
    hash_secret,
    is_allowed,
    needs_rehash,
    permissions_of,
    verify_secret,
)
from app.errors import TooManyRequests, Unauthorized


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_secret_is_verified() -> None:
    stored = hash_secret("open sesame")
    assert verify_secret("open sesame", stored)
    assert not verify_secret("open says me", stored)
    assert not needs_rehash(stored)


def test_broken_hash_verifies_nothing() -> None:
    assert not verify_secret("x", "scrypt$1$2")
    assert needs_rehash("md5$abc")


def test_token_round_trip() -> None:
    claims = TokenSigner("key").verify(TokenSigner("key").issue(7, "editor", "s1"))
    assert (claims.client_id, claims.role, claims.session_id) == (7, "editor", "s1")


@pytest.mark.parametrize("token", ["", "a.b", "e30.x", "no-dot-at-all"])
def test_forged_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthorized):
        TokenSigner("key").verify(token)


def test_token_of_another_key_is_refused() -> None:
    with pytest.raises(Unauthorized):
        TokenSigner("key").verify(TokenSigner("another").issue(7, "editor", "s1"))


def test_token_ends() -> None:
    clock = Clock()
    signer = TokenSigner("key", clock)
    token = signer.issue(7, "editor", "s1", seconds=60)
    clock.now += 61
    with pytest.raises(Unauthorized, match="ended"):
        signer.verify(token)


def test_session_ends_when_unused() -> None:
    clock = Clock()
    store = SessionStore(seconds=100, clock=clock)
    session = store.create(7)
    clock.now += 90
    assert store.touch(session.session_id).client_id == 7
    clock.now += 101
    with pytest.raises(Unauthorized):
        store.touch(session.session_id)


def test_sweep_forgets_stale_sessions() -> None:
    clock = Clock()
    store = SessionStore(seconds=100, clock=clock)
    store.create(1)
    clock.now += 101
    fresh = store.create(2)
    assert store.sweep() == 1
    assert store.end(fresh.session_id)
    assert not store.end(fresh.session_id)


def test_rate_limit_slides() -> None:
    clock = Clock()
    limiter = RateLimiter(limit=2, window=10, clock=clock)
    limiter.hit("a")
    limiter.hit("a")
    limiter.hit("b")
    with pytest.raises(TooManyRequests):
        limiter.hit("a")
    clock.now += 10
    limiter.hit("a")


def test_permissions() -> None:
    assert is_allowed("admin", "teams:delete")
    assert not is_allowed("editor", "teams:delete")
    assert is_allowed("reader", "teams:*")
    assert permissions_of("nobody") == frozenset()
