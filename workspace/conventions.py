"""What a path is by its name: a test, a secret, a by-product of tools.

Paths are relative to the workspace, with forward slashes.
"""

import functools
import re
from fnmatch import fnmatchcase

_TEST_FOLDERS = frozenset({"test", "tests", "__tests__", "testdata", "e2e", "cypress"})
_TEST_FOLDER = re.compile(r".+\.\w*Tests?")
"""A .NET test project: `Shop.Tests`, `Shop.UnitTests`."""
_TEST_FILE = re.compile(
    r"(test_.*|.*_test|tests|conftest)\.pyi?"
    r"|.*_test\.go"
    r"|.*\.(test|spec)\.[cm]?[jt]sx?"
    r"|(tests|.*_tests?)\.rs"
    r"|.*Tests?\.(cs|fs|vb|java|kt)"
    r"|.*_(spec|test)\.rb"
)

_SECRET_FOLDERS = frozenset({".ssh", ".gnupg", ".aws", ".azure", ".kube"})
_SECRET_NAMES = frozenset(
    {".envrc", ".netrc", ".pgpass", ".pypirc", ".git-credentials", ".htpasswd", ".dockercfg", ".vault-token"}
)
_SECRET_GLOBS = (
    ".env", ".env.*", "*.env",
    "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx",
    "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*",
    "credentials", "credentials.*", "secrets.json", "secrets.yaml", "secrets.yml", "secrets.toml",
    "service-account*.json", "service_account*.json",
)  # fmt: skip
_SAMPLES = frozenset({"example", "examples", "sample", "template", "dist", "defaults", "pub"})
_SOURCE = frozenset({"py", "pyi", "ts", "tsx", "js", "mjs", "go", "rs", "cs", "rb", "java", "kt", "md", "html"})
"""Endings of code and prose: `credentials.py` is about credentials and holds none."""

_BYPRODUCT_FOLDERS = frozenset(
    {
        "__pycache__", "node_modules", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox", ".nox", ".hypothesis",
        ".eggs", ".venv", ".cache", ".gradle", ".next", ".nuxt", ".turbo", ".parcel-cache", ".terraform",
        ".pnpm-store", "htmlcov", ".import_linter_cache", ".ipynb_checkpoints", ".hg", ".svn",
    }
)  # fmt: skip
_BYPRODUCT_FILES = frozenset({".coverage", ".DS_Store", "Thumbs.db"})


@functools.lru_cache(maxsize=65_536)
def looks_like_test(path: str) -> bool:
    """Whether a path is a test by the custom of any ecosystem that we know.

    Python, Go, JavaScript and TypeScript, Rust, .NET, Java and Ruby; a folder called tests makes all in it tests.
    """
    *folders, name = path.split("/")
    if any(folder.casefold() in _TEST_FOLDERS or _TEST_FOLDER.fullmatch(folder) for folder in folders):
        return True
    return _TEST_FILE.fullmatch(name) is not None


@functools.lru_cache(maxsize=65_536)
def looks_like_secret(path: str) -> bool:
    """Whether a path holds keys or passwords by its name; samples such as `.env.example` and source code do not."""
    *folders, name = path.casefold().split("/")
    if any(folder in _SECRET_FOLDERS for folder in folders) or name in _SECRET_NAMES:
        return True
    if not any(fnmatchcase(name, glob) for glob in _SECRET_GLOBS):
        return False
    words = name.split(".")
    return words[-1] not in _SOURCE and _SAMPLES.isdisjoint(words)


def is_byproduct_folder(name: str) -> bool:
    """Whether tools fill a folder of this name by themselves."""
    return name in _BYPRODUCT_FOLDERS or name.endswith(".egg-info")


def is_byproduct_file(name: str) -> bool:
    """Whether tools write a file of this name by themselves."""
    return name in _BYPRODUCT_FILES or name.endswith((".pyc", ".pyo")) or name.startswith(".coverage.")
