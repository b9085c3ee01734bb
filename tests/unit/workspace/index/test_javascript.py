import pytest

from backend_developer.workspace.index.languages import BY_NAME
from backend_developer.workspace.index.records import Definition

TYPED = b"""/** Users and what they may do. */

import { X } from "x";

/**
 * All users.
 *
 * A second paragraph.
 */
export class Users extends Base<User> implements Store {
  private limit = 10;

  constructor(private readonly db: Db) { super(); }

  // Creates a user.
  async create(
    name: string,  // as shown
    options: { active: boolean },
  ): Promise<User> {
    const inner = () => 1;
    return this.db.save(name);
  }

  fetch = async (id: number) => this.db.find(id);
  abstract drop(id: number): void;
}

export interface Store { close(): void }
type Id = string | number;
enum Role { Admin }
namespace Names { export function full(user: User) { return user.name; } }
export const shout = (text: string): string => text.toUpperCase();
export const getUser = asyncHandler(async (req, res) => { res.json(1); });
export default function () { return 1; }
declare function outside(x: number): void;
"""


def found(source: bytes, language: str = "typescript") -> dict[str, Definition]:
    return {one.qualified: one for one in BY_NAME[language].extract(source).definitions if one.kind != "route"}


def kinds(source: bytes, language: str = "javascript") -> dict[str, str]:
    return {name: one.kind for name, one in found(source, language).items()}


def routes(source: bytes, language: str = "javascript") -> list[tuple[str, str, str, str]]:
    definitions = BY_NAME[language].extract(source).definitions
    return [(one.detail, one.name, one.scope, one.framework) for one in definitions if one.kind == "route"]


def test_every_definition_is_found_with_scope_and_kind() -> None:
    assert kinds(TYPED, "typescript") == {
        "Users": "class",
        "Users.constructor": "method",
        "Users.create": "method",
        "Users.create.inner": "function",
        "Users.fetch": "method",
        "Users.drop": "method",
        "Store": "class",
        "Id": "class",
        "Role": "class",
        "Names": "class",
        "Names.full": "function",
        "shout": "function",
        "getUser": "function",
        "default": "function",
        "outside": "function",
    }


def test_signature_documentation_and_lines() -> None:
    definitions = found(TYPED)
    create = definitions["Users.create"]
    assert create.signature == "async create(name: string, options: { active: boolean }): Promise<User>"
    assert (create.doc, create.line, create.end_line) == ("Creates a user.", 16, 22)
    assert definitions["Users"].signature == "export class Users extends Base<User> implements Store"
    assert definitions["Users"].doc == "All users."
    assert definitions["shout"].signature == "export const shout = (text: string): string"
    assert BY_NAME["typescript"].extract(TYPED).doc == "Users and what they may do."


def test_what_is_inside_a_function_is_local() -> None:
    assert [name for name, one in found(TYPED).items() if one.local] == ["Users.create.inner"]


def test_tsx_is_read_where_it_is_no_plain_typescript() -> None:
    page = (
        b"export function Page(props: Props) {\n  return <div>{props.name}</div>;\n}\nconst cast = <T,>(x: T) => x;\n"
    )
    extract = BY_NAME["typescript"].extract(page)
    assert not extract.broken
    assert [one.name for one in extract.definitions] == ["Page", "cast"]
    assert not BY_NAME["typescript"].extract(b"const x = <any>window;\n").broken


def test_modules_of_every_kind() -> None:
    source = b"""
module.exports = { find, create(data) { return data; }, drop: function (id) { return id; } };
exports.count = function count(users) { return users.length; };
Account.prototype.close = function () { this.open = false; };
const service = { list: async () => [], Inner: class { run() {} } };
var Old = function (name) { this.name = name; };
(function () { function hidden() {} })();
function* ids() { yield 1; }
const total = 1;
"""
    assert kinds(source) == {
        "create": "function",
        "drop": "function",
        "count": "function",
        "Account.close": "function",
        "service.list": "function",
        "service.Inner": "class",
        "service.Inner.run": "method",
        "Old": "function",
        "hidden": "function",
        "ids": "function",
    }
    assert found(source, "javascript")["hidden"].local


def test_express_routes() -> None:
    source = b"""
const express = require("express");
app.get("/users", requireLogin, listUsers);
app.post(
  "/users",
  async (req, res) => { res.json(await create(req.body)); },
);
apiRouter.delete("/:id", users.remove);
app.use("/api", limit, apiRouter);
router.route("/orders").get(listOrders).all(anyOrder);
app.get("title");
axios.get("/elsewhere", options);
cache.put("/key", value);
"""
    assert sorted(routes(source)) == [
        ("ANY", "/orders", "anyOrder", "express"),
        ("DELETE", "/api/:id", "users.remove", "express"),
        ("GET", "/orders", "listOrders", "express"),
        ("GET", "/users", "listUsers", "express"),
        ("POST", "/users", "", "express"),
    ]


def test_nestjs_routes() -> None:
    source = b"""
@Controller('users')
@UseGuards(AuthGuard)
export class UsersController {
  // Finds one.
  @Get(':id')
  @HttpCode(200)
  one(@Param('id') id: string) { return id; }

  @Post()
  create(@Body() body: NewUser) { return body; }

  helper() { return 1; }
}

@Controller()
class Root { @All('ping') ping() {} }

class Plain { @Get('no') route() {} }
"""
    assert routes(source, "typescript") == [
        ("GET", "/users/:id", "UsersController.one", "nestjs"),
        ("POST", "/users", "UsersController.create", "nestjs"),
        ("ANY", "/ping", "Root.ping", "nestjs"),
    ]
    one = found(source)["UsersController.one"]
    assert (one.line, one.doc, one.signature) == (8, "Finds one.", "one(@Param('id') id: string)")


def test_models_of_each_mapper() -> None:
    source = b"""
@Entity({ name: 'people' })
export class User { @PrimaryGeneratedColumn() id: number; @Column() email: string; }
@Schema()
class Cat { @Prop() name: string; }
class Plain { name: string; }
const Order = sequelize.define("orders", { total: DataTypes.INTEGER, paid: DataTypes.BOOLEAN });
const Dog = mongoose.model("Dog", dogSchema);
export const items = pgTable("items", { id: serial("id") });
const view = backbone.model("x", {});
"""
    models = {name: (one.framework, one.detail) for name, one in found(source).items() if one.kind == "model"}
    assert models == {
        "User": ("typeorm", "people: id, email"),
        "Cat": ("mongoose", ": name"),
        "Order": ("sequelize", "orders: total, paid"),
        "Dog": ("mongoose", "Dog:"),
        "items": ("drizzle", "items: id"),
    }


def test_nesting_without_end_is_survived() -> None:
    assert BY_NAME["javascript"].extract(b"if (x) {\n" * 3_000).definitions == []
    assert BY_NAME["javascript"].extract(b"f(" * 3_000).definitions == []


def test_what_a_call_makes_for_export_is_a_definition() -> None:
    source = b"// A strong ETag.\nexports.etag = createETag({ weak: false });\nconst local = make();\n"
    assert kinds(source) == {"etag": "function"}
    assert found(source, "javascript")["etag"].doc == "A strong ETag."


def test_a_named_function_that_is_handed_over_is_a_definition() -> None:
    source = b"/** The host. */\ngetter(req, 'host', function host() { return 1; });\non(function () { return 2; });\n"
    assert kinds(source) == {"host": "function"}


@pytest.mark.parametrize(
    "inside",
    [
        "function inner() { return 1; }",
        "const inner = (a) => a + 1;",
        "const inner = a => a + 1;",
        "let inner; inner = async (a, b = (c)) => { return a; };",
        "const inner = <T,>(a: T): { b: T } => ({ b: a });",
        "const inner = function () { return 1; };",
        "return { a: 1, inner() { return 1; } };",
        "return { async inner(a = f(g(h()))): Promise<number> { return 1; } };",
        "return { a, get inner() { return 1; } };",
        "return { inner: (a) => a };",
        "return { *inner() { yield 1; } };",
        "return { inner<T extends Array<number>>(a: T) { return a; } };",
        f"return {{ inner({', '.join(f'a{number}' for number in range(200))}) {{ return a1; }} }};",
        f"return {{ inner(): {' | '.join(f'A{number}' for number in range(200))} {{ return a1; }} }};",
        "class inner {}",
        "type inner = string;",
        "interface inner { a: string }",
        "enum inner { A }",
        "hand(req, 'inner', function inner() { return 1; });",
    ],
)
def test_what_a_function_defines_inside_is_found_as_its_own(inside: str) -> None:
    for head in ("function outer({ a }, b = () => 1)", "const outer = async (a): Promise<{ b: T }> =>"):
        defined = found(f"{head} {{\n  log(a, b);\n  {inside}\n}}\n".encode())
        assert [(one.qualified, one.local) for one in defined.values()] == [("outer", False), ("outer.inner", True)]


def test_a_long_list_of_calls_is_looked_through_once() -> None:
    """To look from each call to the end would take minutes, and the test's own limit ends it."""
    calls = "".join(f", f{number}(a)\n" for number in range(60_000))
    assert list(found(f"function outer(a) {{\n  return list(a{calls})\n}}\n".encode(), "javascript")) == ["outer"]
