"""The rule on index files: a list of exports, and a complete one."""

import json
from pathlib import Path

import pytest

from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.nodes.gates.house_rules.index_files import check_index_files
from tests.support.product import write_files

LIST = "export * from './users.js';\nexport { Team, type Role } from './teams.js';\n"
FOLDER = {
    "package.json": json.dumps(
        {"name": "shop", "main": "dist/index.js", "scripts": {"start": "node dist/cli/index.js"}}
    ),
    "src/models/index.ts": LIST,
    "src/models/users.ts": "export class User {}\n",
    "src/models/teams.ts": "export class Team {}\n",
    "src/models/teams.test.ts": "export const nothing = 1;\n",
    "src/models/seed.ts": "import { User } from './users.js';\nnew User();\n",
    "src/models/globals.d.ts": "export interface Window {}\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_files(tmp_path, FOLDER)
    return tmp_path


def judge(root: Path, *changed: tuple[str, str | None, str]) -> list[tuple[str, str | None, int | None, str]]:
    """Files as path, text before and text now."""
    write_files(root, {path: now for path, _, now in changed})
    changes = [Change(path, None if old is None else old.encode(), now.encode()) for path, old, now in changed]
    return [(one.code, one.file, one.line, one.level) for one in check_index_files(changes, root, "warning")]


@pytest.mark.parametrize(
    "definition",
    [
        "export function find(name: string) {}",
        "export default function () {}",
        "export default class extends User {}",
        "async function find() {}",
        "export abstract class Base {}",
        "export const find = async (name: string) => name;",
        "const find = function () {};",
    ],
)
def test_functions_and_classes_do_not_belong_into_a_list_of_exports(root: Path, definition: str) -> None:
    path = "src/models/index.ts"
    assert judge(root, (path, LIST, f"{LIST}{definition}\n")) == [("index-defines", path, 3, "warning")]


@pytest.mark.parametrize(
    "statement",
    [
        "export type Id = string;",
        "export interface Named { find(name: string): void }",
        "export const LIMIT = 20;",
        "export enum Level { Low }",
        "export * as teams from './teams.js';",
        "import { User } from './users.js';\nexport const models = [User];",
        "export function broken( {",
    ],
)
def test_types_constants_and_what_does_not_parse_are_left_alone(root: Path, statement: str) -> None:
    assert judge(root, ("src/models/index.ts", LIST, f"{LIST}{statement}\n")) == []


def test_an_old_definition_is_not_held_against_the_task(root: Path) -> None:
    old = f"{LIST}export function find() {{}}\n"
    path = "src/models/index.ts"
    assert judge(root, (path, old, f"{old}export * from './more.js';\n")) == []
    assert judge(root, (path, old, f"{old}export function lose() {{}}\n")) == [("index-defines", path, 4, "warning")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("index.ts", "export function app() {}\n"),
        ("src/index.ts", "export function app() {}\n"),
        ("src/cli/index.ts", "export function run() {}\n"),
        ("src/pages/api/users/index.ts", "export default function handler() {}\n"),
        ("src/http/index.ts", "export function begin() { app.listen(3000); }\n"),
        ("packages/api/index.ts", "export function app() {}\n"),
        ("src/models/index.tsx", "export function Table() {}\n"),
    ],
)
def test_entry_points_are_free(root: Path, path: str, text: str) -> None:
    write_files(root, {"packages/api/package.json": '{"name": "api"}', f"{Path(path).parent}/other.ts": "export {};\n"})
    assert judge(root, (path, None, text)) == []


def test_an_index_that_stands_alone_is_the_module(root: Path) -> None:
    text = "export function log() {}\n"
    assert judge(root, ("src/log/index.ts", None, text)) == []
    write_files(root, {"src/log/format.ts": "export const format = 1;\n"})
    assert judge(root, ("src/log/index.ts", None, text)) == [("index-defines", "src/log/index.ts", 1, "warning")]


NEW = "import { User } from './users.js';\n\nexport class Order {}\n"


def test_a_new_module_is_missed_in_a_complete_list(root: Path) -> None:
    assert judge(root, ("src/models/orders.ts", None, NEW)) == [
        ("index-incomplete", "src/models/orders.ts", 3, "warning")
    ]
    (finding,) = check_index_files([Change("src/models/orders.ts", None, NEW.encode())], root, "error")
    assert finding.level == "error"
    assert '`export * from "./orders.js"`' in finding.message


def test_a_new_module_that_is_listed_or_exports_nothing_is_fine(root: Path) -> None:
    listed = ("src/models/index.ts", LIST, f"{LIST}export * from './orders.js';\n")
    assert judge(root, listed, ("src/models/orders.ts", None, NEW)) == []
    assert judge(root, ("src/models/run.ts", None, "new User();\n")) == []
    assert judge(root, ("src/models/orders.test.ts", None, NEW)) == []


@pytest.mark.parametrize(
    "files",
    [
        {"src/models/internal.ts": "export const hidden = 1;\n"},
        {"src/models/index.ts": "export const VERSION = 1;\n"},
    ],
)
def test_a_list_that_was_never_complete_asks_for_nothing(root: Path, files: dict[str, str]) -> None:
    write_files(root, files)
    assert judge(root, ("src/models/orders.ts", None, NEW)) == []


def test_a_folder_that_the_task_itself_makes_is_its_own_business(root: Path) -> None:
    made = {"src/pay/index.ts": "export * from './card.js';\n", "src/pay/card.ts": NEW, "src/pay/helper.ts": NEW}
    assert judge(root, *((path, None, text) for path, text in made.items())) == []
    assert judge(root, ("src/other/thing.ts", None, NEW)) == []
    assert judge(root, ("src/models/users.ts", "export class User {}\n", NEW)) == []
