"""The cells of Rust."""

from tests.acceptance.matrix.cases import Case, Edit, Language, column_without_default, get, long_file, new_table

STORE = "src/store.rs"
_COUNT = """/// How many there are.
    pub fn count(&self) -> usize {
        eprintln!("[store:count] count={}", self.names.len());
        self.names.len()
    }

    /// All names."""
_SILENT = """/// How long the longest name is.
    pub fn longest(&self) -> usize {
        let lengths = self.names.iter().map(String::len);
        let longest = lengths.max();
        longest.unwrap_or(0)
    }

    /// All names."""
_FAILS = """("GET", "/users") => match std::panic::catch_unwind(|| panic!("no users")) {
            Ok(()) => ("200 OK", "[]".to_string()),
            Err(_) => ("500 Internal Server Error", "{}".to_string()),
        },"""
_DERIVED = """#[derive(Default)]
pub struct Store {
    names: Vec<String>,
}
"""


def _method(kind: str, value: str) -> str:
    """A method before the last one, too small for the rule on logging."""
    return f"/// Asked by nobody.\n    pub fn asked(&self) -> {kind} {{\n        {value}\n    }}\n\n    /// All names."


def _default(first: str, last: str) -> str:
    """The struct with a `default` of its own."""
    body = f"    fn default() -> Self {{\n        {first}\n        {last}\n    }}\n"
    return _DERIVED.removeprefix("#[derive(Default)]\n") + f"\nimpl Default for Store {{\n{body}}}\n"


RUST = Language(
    name="Rust",
    correct=(Edit(STORE, "/// All names.", _COUNT), new_table("migrations/0002_labels.sql")),
    correct_check=get("/users", "[]"),
    check=get("/health", "ok"),
    faults={
        "lint fault": Case(
            (Edit(STORE, "/// All names.", _method("bool", "self.names.len() == 0")),), "lint/clippy", STORE, "== 0"
        ),
        "type fault": Case((Edit(STORE, "/// All names.", _method("usize", '"one"')),), "build/cargo", STORE, '"one"'),
        "broken build": Case(
            (Edit("src/http.rs", "use crate::store::Store;", "use crate::nowhere::Store;"),),
            "build/cargo",
            "src/http.rs",
            "use crate::nowhere",
        ),
        "broken test": Case(
            (Edit(STORE, _DERIVED, _default("let names = vec![String::new()];", "Store { names }")),),
            "tests/cargo-test",
            STORE,
            'store.add(" Ada ")',
        ),
        "service dies at start": Case(
            (
                Edit(
                    STORE, _DERIVED, _default('assert!(std::env::var("PORT").is_err());', "Store { names: Vec::new() }")
                ),
            ),
            "runtime",
            STORE,
            "assert!(std",
        ),
        "service answers 500": Case(
            (Edit("src/http.rs", '("GET", "/users") => ("200 OK", format!("{:?}", store.all())),', _FAILS),),
            "runtime",
            "src/http.rs",
            'panic!("no users")',
            get("/users", "[]"),
        ),
        "migration fails on rows": column_without_default("migrations/0002_email.sql", "users"),
        "301-line file": long_file("src/long.rs", "", "//"),
        "function without its log": Case(
            (Edit(STORE, "/// All names.", _SILENT),), "house_rules", STORE, "pub fn longest"
        ),
    },
)
