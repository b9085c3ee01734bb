"""Addresses of axum, actix and Rocket, whose prefix stands in another file."""

import pytest

from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.query import code_index
from tests.unit.workspace.index.conftest import Write, addresses

USERS = """
use axum::{routing::get, Router};
pub fn router() -> Router<AppState> {
    Router::new().route("/", get(list).post(create)).route("/{id}", get(one))
}
"""
ALL = ["GET /api/users", "GET /api/users/{id}", "POST /api/users"]
OWN = ["GET /", "GET /{id}", "POST /"]


def app(body: str, names: str = "") -> str:
    return f"{names}\nfn app(state: AppState) -> Router {{\n{body}\n}}\n"


@pytest.mark.parametrize(
    "main",
    [
        app('Router::new().nest("/api/users", users::router())', "mod users;"),
        app('Router::new().nest("/api", Router::new().nest("/users", crate::users::router().layer(x))).layer(y)'),
        app('let api = Router::new().nest("/users", users::router());\nRouter::new().nest("/api", api)', "mod users;"),
        app('let mut app = Router::new();\napp = app.nest("/api/users", it());\nOk(app)', "use users::router as it;"),
        app('return Router::<S>::new().nest("/api", inner().merge(x));')
        + 'fn inner() -> Router { let r = Router::new().nest("/users", users::router()); r.layer(y) }\n',
        app('let app = axum::Router::new();\nlet app = add(1, app);\napp')
        + 'fn add(n: i32, app: Router) -> Router { app.nest("/api", Router::new().merge(Api::all())) }\n'
        'impl Api { fn all() -> Router { Self::users() }\n'
        'fn users() -> Router { Router::new().nest("/users", users::router()) } }\n',
        app('let app = Router::new();\nlet app = Router::new().nest("/users", users::router()).merge(app);\n'
            'let app = Router::new().nest("/api", app);\naxum::serve(listener, app).await.unwrap();'),
    ],
)  # fmt: skip
async def test_axum_router_of_another_module(index: CodeIndex, write: Write, main: str) -> None:
    write({"src/main.rs": main, "src/users.rs": USERS})
    assert await addresses(index) == ALL


async def test_axum_modules_in_folders_with_names_that_are_passed_on(index: CodeIndex, write: Write) -> None:
    write(
        {
            "api/src/lib.rs": "pub mod routes;\nuse crate::routes::{self, users_router, orders::router as orders};\n"
            'pub fn app() -> Router { Router::new().nest("/api/users", users_router())\n'
            '.nest("/orders", orders()).nest("/deep", routes::deep::very::router()).merge(routes::all()) }\n',
            "api/src/routes/mod.rs": "mod users;\npub mod orders;\n"
            "pub use users::router as users_router;\npub use deep::*;\n",
            "api/src/routes/users.rs": USERS,
            "api/src/routes/orders/mod.rs": 'pub fn router() -> Router { Router::new().route("/o", get(f)) }\n',
            "api/src/routes/deep.rs": "pub mod very;\n"
            'pub fn all() -> Router { Router::new().nest("/all", super::orders::router()) }\n',
            "api/src/routes/deep/very.rs": 'pub fn router() -> Router { Router::new().route("/v", get(f)) }\n',
            "server/src/main.rs": 'fn main() { let app = Router::new().nest("/v1", my_api::app()); serve(app); }\n',
            "my-api/src/lib.rs": 'pub fn app() -> Router { Router::new().route("/mine", get(f)) }\n',
        }
    )
    others = ["GET /all/o", "GET /deep/v", "GET /orders/o", "GET /v1/mine"]
    assert await addresses(index) == sorted([*ALL, *others])


async def test_two_mounts_of_one_router_are_two_addresses(index: CodeIndex, write: Write) -> None:
    both = 'Router::new().nest("/a", users::router()).nest("/b", users::router())'
    write({"src/main.rs": app(both), "src/users.rs": USERS})
    assert await addresses(index) == ["GET /a", "GET /a/{id}", "GET /b", "GET /b/{id}", "POST /a", "POST /b"]


@pytest.mark.parametrize(
    "main",
    [
        "",
        app('Router::new().nest("/no", other::router())'),
        app('Router::new().nest(prefix, users::router())'),
        app('Router::new().nest("/no", users::other())'),
        app('Router::new().nest("/no", router())'),
        '#[cfg(test)]\nmod tests { fn app() -> Router { Router::new().nest("/no", crate::users::router()) } }\n',
    ],
)  # fmt: skip
async def test_what_cannot_be_told_keeps_the_address_of_its_file(index: CodeIndex, write: Write, main: str) -> None:
    write({"src/main.rs": main, "src/users.rs": USERS, "src/router.rs": ""})
    assert await addresses(index) == OWN


async def test_mounts_in_a_circle_are_survived(index: CodeIndex, write: Write) -> None:
    write(
        {
            "src/a.rs": 'pub fn r() -> Router { Router::new().route("/one", get(f)).nest("/b", crate::b::r()) }\n',
            "src/b.rs": "use self::x as x;\nuse crate::b::y;\npub use crate::b::*;\n"
            'pub fn r() -> Router { Router::new().route("/two", get(f))'
            '.nest("/a", crate::a::r()).merge(x()).merge(y()) }\n',
            "src/main.rs": "",
        }
    )
    assert await addresses(index) == ["GET /one", "GET /two"]
    write({"src/main.rs": app('Router::new().nest("/api", a::r())')})
    assert await addresses(index) == ["GET /api/b/two", "GET /api/one"]


async def test_a_change_of_the_main_file_moves_the_routes_of_others(index: CodeIndex, write: Write) -> None:
    main = app('Router::new().nest("/api/users", users::router())')
    write({"src/main.rs": main, "src/users.rs": USERS})
    assert await addresses(index) == ALL
    write({"src/main.rs": main.replace("/api/", "/v2/")})
    assert await addresses(index) == [one.replace("/api/", "/v2/") for one in ALL]
    assert "route GET /v2/users/{id} -> one" in await code_index(index, "/v2/users")
    write({"src/main.rs": ""})
    assert await addresses(index) == OWN


ACTIX = """
#[get("")]
pub async fn list() -> impl Responder { "" }
#[get("/{id}")]
async fn one() -> impl Responder { "" }
#[post("/lonely")]
async fn lonely() -> impl Responder { "" }
pub fn config(cfg: &mut web::ServiceConfig) {
    cfg.service(web::scope("/users").service(list).service((one, more)).route("/r", web::get().to(r)))
        .service(web::resource("/res").route(web::get().to(res)));
    super::orders::add(cfg);
}
pub fn scope() -> Scope { web::scope("/scoped").route("/in", web::get().to(f)) }
"""


async def test_actix_scopes_services_and_configurations(index: CodeIndex, write: Write) -> None:
    write(
        {
            "src/main.rs": "mod users;\nasync fn main() {\n    HttpServer::new(move || {\n"
            '        App::new().service(web::scope("/api").configure(users::config)).service(users::scope())\n'
            '            .service(web::scope("/v2").service(users::list))\n    }).bind(addr)?.run().await\n}\n',
            "src/users.rs": ACTIX,
            "src/orders.rs": 'pub fn add(c: &mut web::ServiceConfig) { c.route("/orders", web::get().to(f)); }\n',
        }
    )
    assert await addresses(index) == [
        "GET /api/orders",
        "GET /api/res",
        "GET /api/users",
        "GET /api/users/r",
        "GET /api/users/{id}",
        "GET /scoped/in",
        "GET /v2",
        "POST /lonely",
    ]


async def test_rocket_mounts(index: CodeIndex, write: Write) -> None:
    users = '#[get("/<id>")]\npub fn one() {}\n#[post("/")]\npub fn add() {}\n'
    write({"src/main.rs": 'fn rocket() { rocket::build().mount("/users", routes![users::one, users::add]) }\n'})
    write({"src/users.rs": users})
    assert await addresses(index) == ["GET /users/<id>", "POST /users"]


@pytest.mark.timeout(20)
async def test_modules_that_all_take_each_other_over_have_an_end(index: CodeIndex, write: Write) -> None:
    stars = "".join(f"pub use crate::m{number}::*;\n" for number in range(16))
    write({f"src/m{number}.rs": f"{stars}fn a() {{ app.merge(nothing()) }}\n" for number in range(16)})
    write({"src/main.rs": app('Router::new().nest("/api", m3::router())'), "src/users.rs": USERS})
    write({"src/m7.rs": f"{stars}pub use crate::users::router;\n"})
    assert await addresses(index) == ["GET /api", "GET /api/{id}", "POST /api"]
