from backend_developer.workspace.index import CodeIndex, Model
from backend_developer.workspace.index.languages import BY_NAME
from backend_developer.workspace.index.records import Definition
from tests.unit.workspace.index.conftest import Write

CSHARP, SQL = BY_NAME["csharp"], BY_NAME["sql"]

CONTROLLER = b"""using Shop.Data;

namespace Shop.Api;

/// <summary>
/// Serves <see cref="User"/>s.
/// </summary>
[ApiController]
[Route("api/[controller]")]
public class UsersController(IUsers users) : ControllerBase
{
    public UsersController(IUsers users, int limit) : this(users) { }

    /// <summary>Finds one.</summary>
    /// <param name="id">Its id.</param>
    [HttpGet("{id}")]
    [Authorize]
    public async Task<User> Get(
        int id, // as shown
        bool deep)
    {
        int Inner(int x) => x;
        return await users.Find(id);
    }

    [HttpPost, Route("new")]
    public User Create(User user) => users.Add(user);

    [HttpDelete("/all")]
    public void Clear() { }

    public void Helper() { }
}

public interface IUsers { Task<User> Find(int id); }
public enum Role { Admin }
"""
SCHEMA = b"""-- The shop's tables.

-- All users.
CREATE TABLE IF NOT EXISTS public.users (id serial PRIMARY KEY, "email" text NOT NULL);

/* Doubles. */
CREATE OR REPLACE FUNCTION twice(a int) RETURNS int AS $$ BEGIN RETURN a * 2; END $$ LANGUAGE plpgsql;
CREATE VIEW active AS SELECT 1;
CREATE TYPE mood AS ENUM ('good');
create procedure tidy() language sql as $$ select 1 $$;
INSERT INTO users VALUES (1);
"""


def found(source: bytes) -> dict[str, Definition]:
    return {one.qualified: one for one in CSHARP.extract(source).definitions if one.kind != "route"}


def routes(source: bytes) -> list[tuple[str, str, str, str]]:
    return [(one.detail, one.name, one.scope, one.framework) for one in CSHARP.extract(source).definitions
            if one.kind == "route"]  # fmt: skip


def test_every_definition_is_found_with_scope_and_kind() -> None:
    assert {name: (one.kind, one.line) for name, one in found(CONTROLLER).items()} == {
        "UsersController": ("class", 10),
        "UsersController.UsersController": ("method", 12),
        "UsersController.Get": ("method", 18),
        "UsersController.Get.Inner": ("function", 22),
        "UsersController.Create": ("method", 27),
        "UsersController.Clear": ("method", 30),
        "UsersController.Helper": ("method", 32),
        "IUsers": ("class", 35),
        "IUsers.Find": ("method", 35),
        "Role": ("class", 36),
    }


def test_signature_and_documentation() -> None:
    definitions = found(CONTROLLER)
    assert definitions["UsersController.Get"].signature == "public async Task<User> Get(int id, bool deep)"
    assert definitions["UsersController.Get"].doc == "Finds one."
    assert definitions["UsersController"].doc == "Serves s."
    assert CSHARP.bases(definitions["UsersController"].signature) == ["ControllerBase"]
    assert CSHARP.bases("class A<T> : Shop.Base<T>, IUsers where T : class") == ["Base", "IUsers"]


def test_routes_by_attributes() -> None:
    assert routes(CONTROLLER) == [
        ("GET", "/api/Users/{id}", "UsersController.Get", "asp.net"),
        ("POST", "/api/Users/new", "UsersController.Create", "asp.net"),
        ("DELETE", "/all", "UsersController.Clear", "asp.net"),
    ]


def test_routes_of_the_minimal_api() -> None:
    source = b"""
var app = builder.Build();
var api = app.MapGroup("/api");
var users = api.MapGroup("users");
users.MapGet("/{id}", GetUser).RequireAuthorization();
app.MapPost("/orders", async (Order order) => Results.Ok());
static User GetUser(int id) { return null; }
"""
    assert sorted(routes(source)) == [
        ("GET", "/api/users/{id}", "GetUser", "asp.net"),
        ("POST", "/orders", "", "asp.net"),
    ]
    assert found(source)["GetUser"].kind == "function"


async def test_entities_are_known_by_their_context(index: CodeIndex, write: Write) -> None:
    write(
        {
            "Db.cs": "public class Db : DbContext {\n  public DbSet<Data.User> Users => Set<User>();\n"
            "  public DbSet<Note> Notes { get; set; }\n}\n",
            "User.cs": "public class User {\n  public int Id { get; set; }\n  public string Full => ToString();\n}\n",
            "Order.cs": '[Table("orders")]\npublic record Order { public int Total { get; init; } }\n',
            "Plain.cs": "public class Plain { public int Id { get; set; } }\n",
        }
    )
    assert await index.models() == [
        Model("Note", "entity-framework", "Notes", (), "Db.cs", 3),
        Model("Order", "entity-framework", "orders", ("Total",), "Order.cs", 2),
        Model("User", "entity-framework", "Users", ("Id",), "User.cs", 1),
    ]


def test_sql_tables_are_models_and_routines_functions() -> None:
    definitions = SQL.extract(SCHEMA).definitions
    assert [(one.kind, one.qualified, one.doc, one.line) for one in definitions] == [
        ("model", "public.users", "All users.", 4),
        ("function", "twice", "Doubles.", 7),
        ("class", "active", "", 8),
        ("class", "mood", "", 9),
        ("function", "tidy", "", 10),
    ]
    assert (definitions[0].framework, definitions[0].detail) == ("sql", "users: id, email")
    assert definitions[0].signature == "CREATE TABLE IF NOT EXISTS public.users"
    assert definitions[1].signature == "CREATE OR REPLACE FUNCTION twice(a int) RETURNS int"
    assert SQL.extract(SCHEMA).doc == "The shop's tables."


def test_a_procedural_body_does_not_hide_what_follows() -> None:
    source = b"""CREATE FUNCTION touch() RETURNS trigger AS $body$
DECLARE n int := 0;
BEGIN
  IF NEW.x > 1 THEN RAISE NOTICE 'x %', n; END IF;
  FOR r IN SELECT * FROM t LOOP n := n + 1; END LOOP;
  RETURN NEW;
END;
$body$ LANGUAGE plpgsql;
CREATE TABLE orders (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id BIGINT REFERENCES users(id) ON DELETE CASCADE,
  UNIQUE (user_id, id)
);
"""
    definitions = SQL.extract(source).definitions
    assert [(one.name, one.line, one.detail) for one in definitions] == [
        ("touch", 1, ""),
        ("orders", 9, "orders: id, user_id"),
    ]
    start, end = definitions[0].body
    assert b"RAISE NOTICE" in source[start:end]


def test_a_statement_that_the_grammar_does_not_know_leaves_the_others() -> None:
    extract = SQL.extract(b"FROBNICATE ALL;\nCREATE TABLE a (id int);\nPRAGMA x(;\nCREATE TABLE b (id int);\n")
    assert extract.broken
    assert [one.name for one in extract.definitions] == ["a", "b"]
