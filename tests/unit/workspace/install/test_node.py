import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend_developer.contract import NoToolchain
from backend_developer.workspace.install.node import node_steps
from backend_developer.workspace.install.step import InstallStep

Write = Callable[[dict[str, str]], Path]
NEEDS = {"dependencies": {"express": "5"}}


def manifest(**fields: Any) -> str:
    return json.dumps({"name": "shop", "scripts": {"test": "node --test"}, **NEEDS, **fields})


def only(root: Path, downloads: Path) -> InstallStep:
    (step,) = node_steps(root, downloads)
    return step


@pytest.mark.parametrize(
    ("files", "named", "command"),
    [
        ({"package-lock.json": "{}"}, {}, "npm ci"),
        ({"npm-shrinkwrap.json": "{}"}, {}, "npm ci"),
        ({"pnpm-lock.yaml": ""}, {}, "pnpm install --frozen-lockfile"),
        ({"yarn.lock": ""}, {}, "yarn install --frozen-lockfile"),
        ({"yarn.lock": "", ".yarnrc.yml": ""}, {}, "yarn install --immutable"),
        ({"yarn.lock": ""}, {"packageManager": "yarn@4.9.0"}, "yarn install --immutable"),
        ({}, {}, "npm install --no-package-lock"),
        ({}, {"packageManager": "pnpm@10.1.0"}, "pnpm install --no-lockfile"),
        ({}, {"packageManager": "yarn@1.22.0"}, "yarn install --no-lockfile"),
        ({}, {"packageManager": "yarn@4.9.0"}, "yarn install --no-immutable"),
    ],
)
def test_a_lock_file_is_frozen_and_none_is_left_where_there_is_none(
    write: Write, programs: Path, downloads: Path, files: dict[str, str], named: dict[str, str], command: str
) -> None:
    step = only(write({"package.json": manifest(**named), **files}), downloads)
    ((program, *arguments),) = step.commands
    assert " ".join([Path(program).name, *arguments]) == command
    assert Path(program).parent == programs
    assert step.missing
    assert not step.present


def test_projects_of_one_workspace_are_installed_together_and_others_alone(
    write: Write, programs: Path, downloads: Path
) -> None:
    root = write(
        {
            "shop/package.json": json.dumps({"workspaces": ["api", "web"], "devDependencies": {"eslint": "9"}}),
            "shop/package-lock.json": "{}",
            "shop/api/package.json": manifest(),
            "shop/web/package.json": manifest(dependencies={}),
            "tool/package.json": manifest(),
            "plain/package.json": manifest(dependencies={}),
        }
    )
    steps = node_steps(root, downloads)
    assert [step.key for step in steps] == ["npm:shop", "npm:tool"]
    assert {"shop/package.json", "shop/package-lock.json", "shop/api/package.json"} <= set(steps[0].inputs)


def test_what_lies_above_counts_as_installed_and_one_that_is_absent_does_not(
    write: Write, programs: Path, downloads: Path
) -> None:
    root = write(
        {
            "package.json": json.dumps({"workspaces": ["api"], "devDependencies": {"eslint": "9"}}),
            "api/package.json": manifest(peerDependencies={"react": "19"}, optionalDependencies={"fsevents": "2"}),
            "node_modules/express/package.json": "{}",
        }
    )
    assert only(root, downloads).missing
    write({"node_modules/eslint/package.json": "{}"})
    assert not only(root, downloads).missing


def test_plug_n_play_has_no_folders(write: Write, programs: Path, downloads: Path) -> None:
    root = write({"package.json": manifest(), "yarn.lock": "", ".pnp.cjs": ""})
    step = only(root, downloads)
    assert (step.missing, step.present) == (False, True)


def test_only_what_matters_to_an_install_changes_its_fingerprint(write: Write, programs: Path, downloads: Path) -> None:
    root = write({"package.json": manifest(), "package-lock.json": "{}"})
    before = only(root, downloads).fingerprint
    write({"package.json": manifest(description="A shop", scripts={"dev": "node .", "test": "node --test"})})
    assert only(root, downloads).fingerprint == before
    changes: list[dict[str, str]] = [
        {"package.json": manifest(dependencies={"express": "4"})},
        {"package.json": manifest(scripts={"postinstall": "node build.js"})},
        {"package.json": manifest(overrides={"qs": "6"})},
        {"package.json": manifest(), "package-lock.json": '{"lockfileVersion": 3}'},
        {"package-lock.json": "{}", ".npmrc": "legacy-peer-deps=true"},
    ]
    seen = {before}
    for change in changes:
        write(change)
        seen.add(only(root, downloads).fingerprint)
    assert len(seen) == len(changes) + 1


def test_a_manager_that_is_not_there_blocks_with_the_line_that_installs_it(
    write: Write, programs: Path, downloads: Path
) -> None:
    (programs / "pnpm").unlink()
    with pytest.raises(NoToolchain, match="corepack enable pnpm"):
        node_steps(write({"package.json": manifest(), "pnpm-lock.yaml": ""}), downloads)
