"""The cells of Go."""

from tests.acceptance.matrix.cases import Case, Edit, Language, column_without_default, get, long_file, new_table

STORE = "internal/users/store.go"
MAIN = "cmd/server/main.go"
HANDLER = "internal/users/handler.go"
_COUNT = """// Count tells how many users there are.
func (s *Store) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	log.Printf("[users:Count] count=%d", len(s.users))
	return len(s.users)
}

// All returns"""
_SILENT = """// Longest tells how long the longest name is.
func (s *Store) Longest() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	longest := 0
	for _, user := range s.users {
		longest = max(longest, len(user.Name))
	}
	return longest
}

// All returns"""
_RECOVERS = """	defer func() {
		if err := recover(); err != nil {
			log.Printf("[users:serveUsers] panic recovered: %v\\n%s", err, debug.Stack())
			writeJSON(w, http.StatusInternalServerError, map[string]string{"error": "internal"})
		}
	}()
	log.Printf("[users:serveUsers] method=%s", r.Method)
	if r.Method == http.MethodGet {
		panic("no users")
	}
	if r.Method == http.MethodHead {"""

GO = Language(
    name="Go",
    correct=(Edit(STORE, "// All returns", _COUNT), new_table("migrations/0002_labels.sql")),
    correct_check=get("/users", "[]"),
    check=get("/users", "[]"),
    faults={
        "lint fault": Case(
            (Edit(STORE, 'All] count=%d", len(s.users))', 'All] count=%d", "x")'),), "lint/vet", STORE, '"x")'
        ),
        "type fault": Case((Edit(STORE, "ID: len(s.users) + 1", 'ID: "one"'),), "build/go", STORE, 'ID: "one"'),
        "broken build": Case(
            (Edit(MAIN, '"example.com/users/internal/users"', '"example.com/users/internal/nowhere"'),),
            "build/go",
            MAIN,
            "internal/nowhere",
        ),
        "broken test": Case(
            (Edit(STORE, "+ 1, Name", "+ 2, Name"),), "tests/go-test", "internal/users/store_test.go", '"got %+v, %v"'
        ),
        "service dies at start": Case(
            (Edit(MAIN, "\tstore := users", '\tif port != "" {\n\t\tpanic("no luck")\n\t}\n\tstore := users'),),
            "runtime",
            MAIN,
            'panic("no luck")',
        ),
        "service answers 500": Case(
            (
                Edit(HANDLER, '\t"net/http"\n', '\t"net/http"\n\t"runtime/debug"\n'),
                Edit(
                    HANDLER,
                    '\tlog.Printf("[users:serveUsers] method=%s", r.Method)\n\tif r.Method == http.MethodGet {',
                    _RECOVERS,
                ),
            ),
            "runtime",
            HANDLER,
            'panic("no users")',
        ),
        "migration fails on rows": column_without_default("migrations/0002_email.sql", "users"),
        "301-line file": long_file("internal/users/long.go", "package users\n\n", "//"),
        "function without its log": Case(
            (Edit(STORE, "// All returns", _SILENT),), "house_rules", STORE, "Longest() int {"
        ),
    },
)
