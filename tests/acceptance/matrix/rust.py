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
_SUM = "Some(self.names.len())"

RUST = Language(
    name="Rust",
    correct=(Edit(STORE, "/// All names.", _COUNT), new_table("migrations/0002_labels.sql")),
    correct_check=get("/users", "[]"),
    check=get("/health", "ok"),
    faults={
        "lint fault": Case(
            (Edit(STORE, "if name.is_empty()", "if name.len() == 0"),), "lint/clippy", STORE, "name.len() == 0"
        ),
        "type fault": Case((Edit(STORE, _SUM, 'Some("one")'),), "build/cargo", STORE, 'Some("one")'),
        "broken build": Case(
            (Edit("src/http.rs", "use crate::store::Store;", "use crate::nowhere::Store;"),),
            "build/cargo",
            "src/http.rs",
            "use crate::nowhere",
        ),
        "broken test": Case(
            (Edit(STORE, _SUM, "Some(self.names.len() + 1)"),), "tests/cargo-test", STORE, 'store.add(" Ada ")'
        ),
        "service dies at start": Case(
            (Edit("src/main.rs", "let listener", "assert!(port.is_empty());\n    let listener"),),
            "runtime",
            "src/main.rs",
            "assert!",
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
