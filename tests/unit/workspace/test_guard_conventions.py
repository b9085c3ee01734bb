import pytest

from backend_developer.workspace.conventions import (
    is_byproduct_file,
    is_byproduct_folder,
    looks_like_secret,
    looks_like_test,
)

TESTS = [
    "test_users.py",
    "users_test.py",
    "app/tests.py",
    "conftest.py",
    "tests/data/x.json",
    "a/test/x.java",
    "e2e/flow.ts",
    "src/user.test.ts",
    "src/user.spec.tsx",
    "src/user.test.mjs",
    "__tests__/a.js",
    "cypress/x.js",
    "pkg/user_test.go",
    "pkg/testdata/in.txt",
    "tests/it.rs",
    "src/parser/tests.rs",
    "src/user_test.rs",
    "UserTests.cs",
    "UserTest.cs",
    "Shop.Tests/Helper.cs",
    "Shop.UnitTests/x.csproj",
    "src/UserTest.java",
]

NOT_TESTS = [
    "app/main.py",
    "app/latest.py",
    "contest.py",
    "app/testing.py",
    "attest.go",
    "src/test-utils.ts",
    "Latest.cs",
    "protest_views.py",
    "app/tester.py",
    "requirements-test.txt",
    "pytest.ini",
    "src/spec.ts",
    "src/inspect.go",
    "Shop/Contests/x.cs",
]

SECRETS = [
    ".env",
    ".env.local",
    ".envrc",
    "prod.env",
    "a/b/.env",
    "server.key",
    "certs/ca.pem",
    "id_rsa",
    "id_ed25519_work",
    ".ssh/config",
    ".aws/credentials",
    "credentials.json",
    "secrets.yaml",
    "secrets.toml",
    ".netrc",
    ".pgpass",
    ".pypirc",
    ".git-credentials",
    "service-account-prod.json",
    "x.p12",
]

NOT_SECRETS = [
    ".env.example",
    ".env.sample",
    ".env.template",
    "example.env",
    "id_rsa.pub",
    "app/credentials.py",
    "app/secrets.py",
    "src/keys.ts",
    "app/environment.py",
    "docs/credentials.md",
    "key.go",
    "monkey.py",
    ".gitignore",
    "settings.toml",
]


@pytest.mark.parametrize("path", TESTS)
def test_tests(path: str) -> None:
    assert looks_like_test(path)


@pytest.mark.parametrize("path", NOT_TESTS)
def test_no_tests(path: str) -> None:
    assert not looks_like_test(path)


@pytest.mark.parametrize("path", SECRETS)
def test_secrets(path: str) -> None:
    assert looks_like_secret(path)


@pytest.mark.parametrize("path", NOT_SECRETS)
def test_no_secrets(path: str) -> None:
    assert not looks_like_secret(path)


def test_by_products() -> None:
    assert is_byproduct_folder("__pycache__")
    assert is_byproduct_folder("shop.egg-info")
    assert not is_byproduct_folder("app")
    assert is_byproduct_file(".coverage")
    assert is_byproduct_file("x.pyc")
    assert not is_byproduct_file("coverage.py")
