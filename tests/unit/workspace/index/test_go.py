from backend_developer.workspace.index.languages import BY_NAME
from backend_developer.workspace.index.records import Definition

GO = BY_NAME["go"]

SOURCE = b"""// Package shop sells things.
package shop

// Store keeps users.
//
// A second paragraph.
type Store struct {
	db *sql.DB
}

type (
	// Finder finds.
	Finder interface{ Find(id int) (*User, error) }
	ID     = int
)

// Create adds a user.
func (s *Store[T]) Create(
	ctx context.Context, // as shown
	name string,
) (*User, error) {
	return s.db.Insert(ctx, name)
}

//go:noinline
func Map[T any](items []T, f func(T) T) []T { return items }
"""


def found(source: bytes) -> dict[str, Definition]:
    return {one.qualified: one for one in GO.extract(source).definitions}


def routes(source: bytes) -> list[tuple[str, str, str, str]]:
    return [(one.detail, one.name, one.scope, one.framework) for one in GO.extract(source).definitions
            if one.kind == "route"]  # fmt: skip


def test_every_definition_is_found_with_receiver_and_kind() -> None:
    assert {name: (one.kind, one.doc, one.line) for name, one in found(SOURCE).items()} == {
        "Store": ("class", "Store keeps users.", 7),
        "Finder": ("class", "Finder finds.", 13),
        "ID": ("class", "", 14),
        "Store.Create": ("method", "Create adds a user.", 18),
        "Map": ("function", "", 26),
    }
    assert GO.extract(SOURCE).doc == "Package shop sells things."


def test_signatures() -> None:
    definitions = found(SOURCE)
    assert definitions["Store"].signature == "type Store struct"
    assert definitions["Finder"].signature == "Finder interface"
    assert definitions["Store.Create"].signature == (
        "func (s *Store[T]) Create(ctx context.Context, name string) (*User, error)"
    )
    assert definitions["Map"].signature == "func Map[T any](items []T, f func(T) T) []T"


def test_routes_of_net_http() -> None:
    source = b"""package a
func main() {
	http.HandleFunc("/health", health)
	mux.HandleFunc("GET /users/{id}", s.getUser)
	mux.Handle("example.com/files/", http.FileServer(dir))
	http.Get("/elsewhere")
	cache.Get(key, "/x")
}
"""
    assert routes(source) == [
        ("ANY", "/health", "health", "net/http"),
        ("GET", "/users/{id}", "s.getUser", "net/http"),
        ("ANY", "/files", "", "net/http"),
    ]


def test_routes_of_gin_with_their_groups() -> None:
    source = b"""package a
import "github.com/gin-gonic/gin"
func routes(r *gin.Engine) {
	v1 := r.Group("/v1")
	users := v1.Group("/users")
	users.GET("/:id", auth, h.Get)
	users.POST("", h.Create)
	r.Any("/ping", ping)
}
"""
    assert routes(source) == [
        ("GET", "/v1/users/:id", "h.Get", "gin"),
        ("POST", "/v1/users", "h.Create", "gin"),
        ("ANY", "/ping", "ping", "gin"),
    ]


def test_routes_of_gorilla_with_their_methods() -> None:
    source = b"""package a
import "github.com/gorilla/mux"
func routes(r *mux.Router) {
	r.HandleFunc("/users", users).Methods("GET", http.MethodPost)
}
"""
    assert routes(source) == [("GET,POST", "/users", "users", "gorilla")]


def test_models_by_their_tags() -> None:
    source = b"""package a
type User struct {
	gorm.Model
	First, Last string
	Email string `gorm:"unique"`
}
func (User) TableName() string { return "people" }
type Row struct { ID int `db:"id"` }
type Message struct { ID int `json:"id"` }
"""
    models = {name: (one.framework, one.detail) for name, one in found(source).items() if one.kind == "model"}
    assert models == {"User": ("gorm", "people: First, Last, Email"), "Row": ("sqlx", ": ID")}
