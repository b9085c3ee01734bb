from backend_developer.workspace.index.languages import BY_NAME
from backend_developer.workspace.index.records import Definition

RUST = BY_NAME["rust"]

SOURCE = b"""//! Users and what they may do.

/// Keeps users.
#[derive(Debug)]
pub struct Store<'a> { db: &'a Db }

pub trait Finder { fn find(&self, id: i64) -> Option<User>; }

impl<'a> Finder for Store<'a> {
    /// Finds one.
    #[inline]
    fn find(
        &self,
        id: i64, // as shown
    ) -> Option<User> {
        fn inner() {}
        self.db.get(id)
    }
}

pub mod names { pub async fn full(user: &User) -> String { user.name.clone() } }

macro_rules! say { () => {} }

#[cfg(test)]
mod tests {
    fn helper() {}
}

#[tokio::test]
async fn works() {}
"""


def found(source: bytes) -> dict[str, Definition]:
    return {one.qualified: one for one in RUST.extract(source).definitions}


def routes(source: bytes) -> list[tuple[str, str, str, str]]:
    return [(one.detail, one.name, one.scope, one.framework) for one in RUST.extract(source).definitions
            if one.kind == "route"]  # fmt: skip


def test_every_definition_is_found_with_scope_and_kind() -> None:
    assert {name: (one.kind, one.line) for name, one in found(SOURCE).items() if not one.local} == {
        "Store": ("class", 5),
        "Finder": ("class", 7),
        "Finder.find": ("method", 7),
        "Store.find": ("method", 12),
        "names.full": ("function", 21),
        "say": ("class", 23),
    }


def test_tests_and_inner_functions_are_local() -> None:
    assert [name for name, one in found(SOURCE).items() if one.local] == ["Store.find.inner", "tests.helper", "works"]


def test_signatures_and_documentation() -> None:
    definitions = found(SOURCE)
    assert definitions["Store.find"].signature == "fn find(&self, id: i64) -> Option<User>"
    assert definitions["Store.find"].doc == "Finds one."
    assert (definitions["Store"].signature, definitions["Store"].doc) == ("pub struct Store<'a>", "Keeps users.")
    assert RUST.extract(SOURCE).doc == "Users and what they may do."


def test_routes_of_axum() -> None:
    source = b"""
fn app() -> Router {
    Router::new()
        .route("/users", get(list).post(users::create))
        .route("/ping", any(|| async { "pong" }))
}
"""
    assert sorted(routes(source)) == [
        ("ANY", "/ping", "", "axum"),
        ("GET", "/users", "list", "axum"),
        ("POST", "/users", "users::create", "axum"),
    ]


def test_routes_of_actix() -> None:
    source = b"""
#[get("/users/{id}")]
async fn one(id: web::Path<i64>) -> impl Responder { "" }

fn config(cfg: &mut web::ServiceConfig) {
    cfg.route("/health", web::get().to(health))
        .service(web::resource("/orders").route(web::get().to(orders)).route(web::post().to(shop::order)));
}
"""
    assert routes(source) == [
        ("GET", "/users/{id}", "one", "actix"),
        ("GET", "/health", "health", "actix"),
        ("GET", "/orders", "orders", "actix"),
        ("POST", "/orders", "shop::order", "actix"),
    ]


def test_models_by_what_they_derive() -> None:
    source = b"""
#[derive(Queryable, Serialize)]
#[diesel(table_name = people)]
pub struct User { pub id: i32, name: String }
#[derive(sqlx::FromRow)]
struct Row { total: i64 }
#[derive(Deserialize)]
struct NewUser { email: String }
#[derive(Serialize)]
enum Role { Admin }
#[derive(Debug)]
struct Plain { x: i32 }
"""
    models = {name: (one.framework, one.detail) for name, one in found(source).items() if one.kind == "model"}
    assert models == {
        "User": ("diesel", "people: id, name"),
        "Row": ("sqlx", ": total"),
        "NewUser": ("serde", ": email"),
    }


def test_lifetimes_and_raw_strings_are_tokens() -> None:
    tokens = RUST.blinder.tokens(b"fn a<'a>(x: &'a str) -> char { r#\"it's \"so\"\"#; '\\'' } // end")
    assert b"'a" in tokens
    assert b'r#"it\'s "so""#' in tokens
    assert b"'\\''" in tokens
