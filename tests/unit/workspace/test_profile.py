import json
from pathlib import Path

import pytest

from backend_developer.workspace.profile import Profile, detect


def _detect(root: Path, files: dict[str, str]) -> Profile:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return detect(root)


NEST = json.dumps({"dependencies": {"@nestjs/core": "10", "pg": "8"}, "devDependencies": {"typescript": "5"}})


@pytest.mark.parametrize(
    ("files", "languages", "frameworks", "databases"),
    [
        ({"requirements.txt": "Django==5\npsycopg2-binary", "app.py": ""}, ["python"], ["django"], ["postgresql"]),
        ({"app.py": "from flask import Flask\n"}, ["python"], ["flask"], []),
        ({"package.json": NEST, "src/main.ts": "", "tsconfig.json": "{}"}, ["typescript"], ["nestjs"], ["postgresql"]),
        ({"package.json": "{", "index.js": ""}, ["javascript"], [], []),
        (
            {
                "go.mod": "module x\nrequire (\n\tgithub.com/gin-gonic/gin v1.9\n\tgithub.com/jackc/pgx/v5 v5.1\n)\n",
                "m.go": "",
            },
            ["go"],
            ["gin"],
            ["postgresql"],
        ),
        ({"Cargo.toml": "[dependencies]\naxum = '0.7'\ntokio-postgres = '1'\n"}, ["rust"], ["axum"], ["postgresql"]),
        ({"Api.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web" />', "P.cs": ""}, ["csharp"], ["aspnetcore"], []),
        (
            {"pyproject.toml": "[project]\ndescription = 'like flask'\ndependencies = ['fastapi[standard]>=0.1']\n"},
            ["python"],
            ["fastapi"],
            [],
        ),
        ({"settings.py": "URL = 'postgresql+asyncpg://x'\n"}, ["python"], [], ["postgresql"]),
        ({"README.md": ""}, [], [], []),
    ],
)
def test_projects_are_told_by_their_files(
    tmp_path: Path, files: dict[str, str], languages: list[str], frameworks: list[str], databases: list[str]
) -> None:
    profile = _detect(tmp_path, files)
    assert (profile.languages, profile.frameworks, profile.databases) == (languages, frameworks, databases)


def test_a_stray_file_of_another_language_does_not_count(tmp_path: Path) -> None:
    files = {f"shop/{number}.py": "" for number in range(20)} | {"docs/theme.js": ""}
    assert _detect(tmp_path, files).languages == ["python"]


def test_ignored_and_foreign_files_do_not_count(tmp_path: Path) -> None:
    files = {"app.py": "", ".gitignore": "made/\n", "made/x.ts": "", "node_modules/y/z.ts": "", ".venv/a.go": ""}
    assert _detect(tmp_path, files).languages == ["python"]


def test_the_sentence_says_it_all(tmp_path: Path) -> None:
    files = {"api/pyproject.toml": "[project]\ndependencies = ['fastapi', 'asyncpg']\n", "api/main.py": ""}
    profile = _detect(tmp_path, files)
    assert profile.sentence() == "python with fastapi on postgresql; projects in api"
    assert [package.toolchain for package in profile.packages] == ["python"]


def test_an_empty_project_has_a_sentence_too(tmp_path: Path) -> None:
    assert _detect(tmp_path, {}).sentence() == "no language yet"
