"""Addresses of ASP.NET, whose prefix stands in another file."""

import pytest

from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.query import code_index
from tests.unit.workspace.index.conftest import Write, addresses

USERS = """
namespace Shop.Users;
public static class UsersEndpoints
{
    public static RouteGroupBuilder MapUsers(this RouteGroupBuilder group, int limit)
    {
        group.MapGet("/{id}", Get).WithName("x");
        var old = group.MapGroup("/old").WithTags("y");
        old.MapDelete("", Remove);
        return group;
    }

    public static void Add(int n, IEndpointRouteBuilder app) => app.MapPost("/new", Create);
}
"""
ALL = ["DELETE /api/users/old", "GET /api/users/{id}"]
OWN = ["DELETE /old", "GET /{id}"]


def program(body: str) -> str:
    return f"var builder = WebApplication.CreateBuilder(args);\nvar app = builder.Build();\n{body}\napp.Run();\n"


@pytest.mark.parametrize(
    ("body", "new"),
    [
        ('app.MapGroup("/api/users").MapUsers(1).WithTags("x");', "/new"),
        ('var g = app.MapGroup("api");\ng.MapGroup("/users/").MapUsers(1);\nUsersEndpoints.Add(2, g);', "/api/new"),
        ('app.MapAll();', "/all/new"),
        ('Everything.Setup(app.MapGroup("/api"));', "/new"),
        ('var users = app.MapGroup("/api").RequireAuthorization().MapGroup("users");\n'
         'Shop.Users.UsersEndpoints.MapUsers(users, 1);\nShop.Users.UsersEndpoints.Add(3, users);', "/api/users/new"),
    ],
)  # fmt: skip
async def test_groups_that_are_handed_to_methods(index: CodeIndex, write: Write, body: str, new: str) -> None:
    everything = """
static class Everything {
    public static WebApplication MapAll(this WebApplication app) {
        Setup(app.MapGroup("/api"));
        UsersEndpoints.Add(1, app.MapGroup("/all"));
        return app;
    }
    public static void Setup(RouteGroupBuilder g) { g.MapGroup("/users").MapUsers(2); }
}
"""
    write({"Program.cs": program(body), "Users/UsersEndpoints.cs": USERS})
    if "All" in body or "Everything" in body:
        write({"Everything.cs": everything.replace('UsersEndpoints.Add(1, app.MapGroup("/all"));', "")
               if "Setup" in body else everything})  # fmt: skip
    assert await addresses(index) == sorted([*ALL, f"POST {new}"])


async def test_two_groups_are_two_addresses_and_circles_are_survived(index: CodeIndex, write: Write) -> None:
    circle = (
        "static class C {\n"
        '  static void One(this RouteGroupBuilder g) { g.MapGet("/one", F); g.MapGroup("/t").Two(); }\n'
        '  static void Two(this RouteGroupBuilder g) { g.MapGet("/two", F); g.MapGroup("/o").One(); }\n}\n'
    )
    write({"C.cs": circle})
    assert await addresses(index) == ["GET /one", "GET /two"]
    write({"Program.cs": program('app.MapGroup("/a").One();\napp.MapGroup("/b").One();')})
    assert await addresses(index) == ["GET /a/one", "GET /a/t/two", "GET /b/one", "GET /b/t/two"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        'app.MapGroup(prefix).MapUsers(1);',
        'app.MapGroup("/no").MapOthers();',
        'UsersEndpoints.Remove(app.MapGroup("/no"));',
        'app.MapGroup("/no").MapTwice();',
        'app.MapGroup("/no").MapSame();',
    ],
)  # fmt: skip
async def test_what_cannot_be_told_keeps_the_address_of_its_file(index: CodeIndex, write: Write, body: str) -> None:
    write({"Program.cs": program(body), "Users.cs": USERS})
    twice = 'static class Same { static void MapTwice(this RouteGroupBuilder g) { g.MapGet("/twice", F); } }\n'
    write({"a/Same.cs": twice, "b/Same.cs": twice})
    same = twice.replace("Twice", "Same").replace("twice", "same")
    write({"a/One.cs": same.replace("class Same", "class One"), "b/Two.cs": same.replace("class Same", "class Two")})
    others = ["GET /same", "GET /same", "GET /twice", "GET /twice", "POST /new"]
    assert await addresses(index) == sorted([*OWN, *others])


async def test_a_change_of_the_main_file_moves_the_routes_of_others(index: CodeIndex, write: Write) -> None:
    main = program('app.MapGroup("/api/users").MapUsers(1);')
    write({"Program.cs": main, "Users.cs": USERS})
    assert (await addresses(index))[:2] == ALL
    write({"Program.cs": main.replace("/api/", "/v2/")})
    assert "route GET /v2/users/{id} -> Get" in await code_index(index, "/v2/users")
    write({"Program.cs": program("")})
    assert (await addresses(index))[:2] == OWN


BASE = """
[ApiController]
[Route("api/[controller]")]
public abstract class ApiControllerBase : ControllerBase { }
"""
CONTROLLER = """
public class UsersController : ApiControllerBase
{
    [HttpGet("{id}")]
    public User Get(int id) => null;

    [HttpPost("/absolute")]
    public User Add() => null;
}
[Route("own")]
public class OwnController : ApiControllerBase { [HttpGet] public int Get() => 1; }
"""


async def test_routes_of_a_base_class(index: CodeIndex, write: Write) -> None:
    write({"Users.cs": CONTROLLER})
    assert await addresses(index) == ["GET /own", "GET /{id}", "POST /absolute"]
    write({"Base.cs": BASE})
    assert await addresses(index) == ["GET /api/Users/{id}", "GET /own", "POST /absolute"]
    write({"other/Base.cs": BASE.replace("api/", "other/")})
    assert await addresses(index) == ["GET /own", "GET /{id}", "POST /absolute"]
