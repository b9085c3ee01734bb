"""Addresses of gin, chi, echo and net/http, whose prefix stands in another file or package."""

import pytest

from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.query import code_index
from tests.unit.workspace.index.conftest import Write, addresses

MODULE = "module example.com/shop/v2\n\ngo 1.24\n"
GIN = """package users
import "github.com/gin-gonic/gin"
type Handler struct { db *DB }
func Register(rg *gin.RouterGroup, db *DB) {
	rg.GET("", list)
	one := rg.Group("/:id")
	one.DELETE("/", remove)
}
func (h *Handler) Routes(n int, r gin.IRouter) { r.POST("/new", h.create) }
"""
MAKER = "package users\n\nfunc NewHandler(db *DB) *Handler { return &Handler{db} }\n"


def main(body: str, imports: str = '"example.com/shop/v2/internal/users"') -> str:
    return f'package main\nimport (\n\t"github.com/gin-gonic/gin"\n\t{imports}\n)\nfunc main() {{\n{body}\n}}\n'


@pytest.mark.parametrize(
    "body",
    [
        'r := gin.Default()\nv1 := r.Group("/v1")\nusers.Register(v1.Group("/users"), db)',
        'r := gin.New()\nv1 := r.Group("/v1")\n{\ng := v1.Group("/users")\nusers.Register(g, db)\n}\ng := r.Group("x")',
        "r := gin.New()\nsetup(r)",
        'r := gin.New()\ns := Server{r}\ns.routes(1, r.Group("v1"))',
        'r := gin.New()\nif true { v1 := r.Group("/v1/users"); users.Register(v1, db) }',
    ],
)
async def test_gin_group_that_is_handed_to_a_function(index: CodeIndex, write: Write, body: str) -> None:
    write(
        {
            "go.mod": MODULE,
            "main.go": main(body),
            "internal/users/routes.go": GIN,
            "setup.go": 'package main\nimport people "example.com/shop/v2/internal/users"\n'
            'func setup(e *gin.Engine) { v1 := e.Group("/v1"); people.Register(v1.Group("/users"), db) }\n'
            'func (s Server) routes(n int, g *gin.RouterGroup) { people.Register(g.Group("/users"), db) }\n',
        }
    )
    found = await addresses(index)
    assert {"GET /v1/users", "DELETE /v1/users/:id", "POST /new"} == set(found) - {"DELETE /users/:id", "GET /users"}


@pytest.mark.parametrize(
    "made",
    [
        "h := users.NewHandler(db)",
        "h := &users.Handler{db: db}",
        "var h = users.Handler{}",
        "h, err := users.NewHandler(db)",
    ],
)
async def test_gin_group_that_is_handed_to_a_method(index: CodeIndex, write: Write, made: str) -> None:
    write({"go.mod": MODULE, "internal/users/routes.go": GIN, "internal/users/handler.go": MAKER})
    write({"cmd/api/main.go": main(f'{made}\nr := gin.New()\nh.Routes(1, r.Group("/v1"))')})
    assert await addresses(index) == ["DELETE /:id", "GET /", "POST /v1/new"]


SERVER = """package api
import (
	"github.com/gin-gonic/gin"
	"example.com/shop/v2/internal/users"
)
type Server struct {
	users *users.Handler
	local localHandler
	n     int
}
"""


async def test_gin_group_that_is_handed_to_a_field_or_a_parameter(index: CodeIndex, write: Write) -> None:
    write(
        {
            "go.mod": MODULE,
            "internal/users/routes.go": GIN,
            "api/server.go": SERVER,
            "api/routes.go": "package api\nfunc (s *Server) routes(e *gin.Engine) {\n"
            '\ts.users.Routes(1, e.Group("/field"))\n\ts.local.add(e.Group("/local"))\n}\n'
            'func (h localHandler) add(g *gin.RouterGroup) { g.GET("/l", h.l) }\n',
            "cmd/main.go": 'package main\nimport "example.com/shop/v2/internal/users"\n'
            'func setup(r *gin.Engine, h *users.Handler) { h.Routes(2, r.Group("/parameter")) }\n',
        }
    )
    assert await addresses(index) == [
        "DELETE /:id", "GET /", "GET /local/l", "POST /field/new", "POST /parameter/new",
    ]  # fmt: skip


async def test_two_groups_are_two_addresses_and_variables_of_one_name_are_kept_apart(
    index: CodeIndex, write: Write
) -> None:
    body = (
        'r := gin.New()\n{\ng := r.Group("/a")\nusers.Register(g, 1)\ng.GET("/in", f)\n}\n'
        '{\ng := r.Group("/b")\nusers.Register(g, 1)\n}\nr = r.Group("/c")\nr.GET("/end", f)'
    )
    write({"go.mod": MODULE, "main.go": main(body), "internal/users/routes.go": GIN})
    assert await addresses(index) == [
        "DELETE /a/:id", "DELETE /b/:id", "GET /a", "GET /a/in", "GET /b", "GET /c/end", "POST /new",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "body"),
    [
        ("", 'users.Register(r.Group("/no"), db)'),
        ("module example.org/else\n", 'users.Register(r.Group("/no"), db)'),
        (MODULE, "users.Register(r.Group(prefix), db)"),
        (MODULE, 'users.Other(r.Group("/no"), db)'),
        (MODULE, 'users.Register(db, r.Group("/no"))'),
        (MODULE, 'h := pick()\nh.Register(r.Group("/no"), db)'),
    ],
)
async def test_what_cannot_be_told_keeps_the_address_of_its_file(
    index: CodeIndex, write: Write, module: str, body: str
) -> None:
    write({"go.mod": module, "main.go": main(f"r := gin.New()\n{body}"), "internal/users/routes.go": GIN})
    assert await addresses(index) == ["DELETE /:id", "GET /", "POST /new"]


async def test_mounts_in_a_circle_are_survived(index: CodeIndex, write: Write) -> None:
    write(
        {
            "go.mod": MODULE,
            "a.go": 'package a\nfunc One(r *gin.Engine) { r.GET("/one", f); Two(r.Group("/b")); One(r.Group("/x")) }\n',
            "b.go": 'package a\nfunc Two(r gin.IRouter) { r.GET("/two", f); One(r.Group("/a")) }\n',
        }
    )
    assert await addresses(index) == ["GET /one", "GET /two"]
    write({"main.go": 'package a\nfunc main() { One(gin.New().Group("/api")) }\n'})
    assert await addresses(index) == ["GET /api/b/two", "GET /api/one"]


async def test_a_change_of_the_main_file_moves_the_routes_of_others(index: CodeIndex, write: Write) -> None:
    first = main('r := gin.New()\nusers.Register(r.Group("/v1"), db)')
    write({"go.mod": MODULE, "main.go": first, "internal/users/routes.go": GIN})
    assert await addresses(index) == ["DELETE /v1/:id", "GET /v1", "POST /new"]
    write({"main.go": first.replace("/v1", "/v2")})
    assert await addresses(index) == ["DELETE /v2/:id", "GET /v2", "POST /new"]
    assert "route DELETE /v2/:id -> remove" in await code_index(index, "/v2/")
    write({"go.mod": MODULE.replace("shop", "sold")})
    assert await addresses(index) == ["DELETE /:id", "GET /", "POST /new"]


CHI = """package users
import "github.com/go-chi/chi/v5"
type Resource struct{}
func (rs Resource) Routes() chi.Router {
	r := chi.NewRouter()
	r.Get("/", rs.List)
	r.Route("/{id}", func(r chi.Router) {
		r.Use(rs.Ctx)
		r.With(auth).Put("/", rs.Update)
		r.Group(func(r chi.Router) { r.Delete("/deep", rs.Delete) })
	})
	return r
}
func Admin() http.Handler { r := chi.NewRouter(); r.Get("/stats", stats); return r }
func Extra(r chi.Router) { r.Get("/extra", extra) }
"""


async def test_chi_routers_that_are_mounted_and_functions_that_take_a_part(index: CodeIndex, write: Write) -> None:
    body = (
        'r := chi.NewRouter()\nr.Mount("/users", users.Resource{}.Routes())\nr.Mount("/admin", users.Admin())\n'
        'r.Route("/v1", func(r chi.Router) {\nr.Route("/x", users.Extra)\nr.Get("/ping", ping)\n})\n'
        'sub := chi.NewRouter()\nsub.Get("/a", f)\nr.Mount("/sub", sub)'
    )
    write({"go.mod": MODULE, "main.go": main(body), "internal/users/routes.go": CHI})
    assert await addresses(index) == [
        "DELETE /users/{id}/deep",
        "GET /admin/stats",
        "GET /sub/a",
        "GET /users",
        "GET /v1/ping",
        "GET /v1/x/extra",
        "PUT /users/{id}",
    ]


async def test_net_http_with_a_stripped_prefix(index: CodeIndex, write: Write) -> None:
    users = (
        "package users\nfunc Routes() *http.ServeMux {\n\tmux := http.NewServeMux()\n"
        '\tmux.HandleFunc("GET /users/{id}", get)\n\treturn mux\n}\n'
    )
    body = (
        'mux := http.NewServeMux()\nmux.Handle("/api/", http.StripPrefix("/api", users.Routes()))\n'
        'sub := http.NewServeMux()\nsub.HandleFunc("/own", own)\nmux.Handle("/v1/", http.StripPrefix("/v1", sub))\n'
        'mux.Handle("/static/", http.StripPrefix("/static/", http.FileServer(dir)))\nmux.Handle("/whole/", sub)'
    )
    write({"go.mod": MODULE, "main.go": main(body), "internal/users/routes.go": users})
    assert await addresses(index) == ["ANY /static", "ANY /v1/own", "ANY /whole", "GET /api/users/{id}"]


async def test_echo_gorilla_and_fields_of_a_server(index: CodeIndex, write: Write) -> None:
    write(
        {
            "echo/main.go": 'package main\nfunc main() {\n\te := echo.New()\n\tregister(e.Group("/v1", mw))\n}\n',
            "echo/users.go": 'package main\nfunc register(g *echo.Group) { g.GET("/users", list) }\n',
            "mux/main.go": "package mux\nfunc routes() {\n\tr := mux.NewRouter()\n"
            '\ts := r.PathPrefix("/api").Subrouter()\n'
            '\ts.HandleFunc("/orders", orders).Methods("GET")\n\tmore(s)\n}\n'
            'func more(r *mux.Router) { r.HandleFunc("/more", orders) }\n',
            "gin/server.go": "package gin\nfunc (s *Server) start() {\n"
            '\tapi := s.engine.Group("/api")\n\ts.users(api)\n}\n',
            "gin/users.go": 'package gin\nfunc (s *Server) users(g *gin.RouterGroup) { g.GET("/users", s.list) }\n',
        }
    )
    assert await addresses(index) == ["ANY /api/more", "GET /api/orders", "GET /api/users", "GET /v1/users"]
