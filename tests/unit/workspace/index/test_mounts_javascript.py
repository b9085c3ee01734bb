"""Addresses of Express and what routes as it does, whose prefix stands in another file."""

import pytest

from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.query import code_index
from tests.unit.workspace.index.conftest import Write, addresses

USERS = """
const express = require("express");
const router = express.Router();
router.get("/", listUsers);
router.route("/:id").get(getUser).delete(removeUser);
module.exports = router;
"""
ALL = ["DELETE /api/users/:id", "GET /api/users", "GET /api/users/:id"]
OWN = ["DELETE /:id", "GET /", "GET /:id"]
APP = 'const express = require("express");\nconst app = express();\n'
MODULE = USERS.replace('const express = require("express")', 'import express from "express"')


@pytest.mark.parametrize(
    "mount",
    [
        'app.use("/api/users", require("./routes/users"));',
        'app.use("/api/users", auth, limit(3), require("./routes/users.js"));',
        'const users = require("./routes/users");\napp.use("/api/users", users);',
        'const { users } = require("./routes");\napp.use("/api/users", users);',
        'const routes = require("./routes");\napp.use("/api/users", routes.users);',
        'app.use("/api", require("./routes").api);',
        'const users = require("./routes/users");\nconst api = express.Router();\napi.use("/users", users);\n'
        'app.use("/api", api);',
        'const base = "/api";\napp.use(`${base}/users`, require("./routes/users"));',
        'const BASE_PATH = "/api/users";\napp.use(BASE_PATH, require("./routes/users"));',
        'require("./setup")(app);',
        'const setup = require("./setup");\nsetup(app, 1);',
        'const { other: it } = require("./setup");\nit(1, app);',
        'function start() { const app = express(); app.use("/api/users", require("./routes/users")); }',
    ],
)
async def test_express_router_of_another_file(index: CodeIndex, write: Write, mount: str) -> None:
    write(
        {
            "app.js": f"{APP}{mount}\n",
            "routes/index.js": 'const api = require("express").Router();\napi.use("/users", require("./users"));\n'
            'module.exports = { users: require("./users"), api };\n',
            "routes/users.js": USERS,
            "setup.js": 'module.exports = function (app) { app.use("/api/users", require("./routes/users")); };\n'
            'module.exports.other = (n, app) => { app.use("/api/users", require("./routes/users")); };\n'
            if "setup" in mount
            else "",
        }
    )
    found = [one for one in await addresses(index) if not one.split()[1].startswith("/users")]
    assert sorted(set(found)) == ALL


@pytest.mark.parametrize(
    ("users", "main"),
    [
        ("export default router;", 'import users from "./users.js";\napp.use("/api/users", users);'),
        ("export { router };", 'import { router as it } from "./users";\napp.use("/api/users", it);'),
        ("export { router as users };", 'import * as all from "@/users";\napp.use("/api/users", all.users as any);'),
        ("export default router;", 'import { users } from "./barrel";\napp.use("/api/users", users);'),
        ("export { router as users };", 'import { users } from "./star";\napp.use("/api/users", users);'),
        ("export default router;", 'import users from "@shop/users";\napp.use("/api/users", users);'),
        ("export default router;", 'import users from "./given";\napp.use("/api/users", users);'),
        ("export = router;", 'import users = require("./users");\napp.use("/api/users", users);'),
        ("export default router;", 'app.use("/api/users", (await import("./users.js")).default);'),
    ],
)
async def test_modules_and_typescript(index: CodeIndex, write: Write, users: str, main: str) -> None:
    write(
        {
            "src/main.ts": f'import express from "express";\nconst app = express();\n{main}\n',
            "src/shop/users.ts": 'export { default } from "../users";\n',
            "src/users.ts": MODULE.replace("module.exports = router;", users),
            "src/barrel/index.ts": 'export { default as users } from "../users";\n',
            "src/star.ts": 'export * from "./nothing";\nexport * from "./users.js";\n',
            "src/given.ts": 'import users from "./users";\nexport default users;\n',
        }
    )
    assert await addresses(index) == ALL


CLASS = """
import { Router } from "express";
export default class UsersRoute {
  public router: Router = Router();
  constructor() { this.router.get("/", () => 1); this.add(); }
  private add() { this.router.post(`/new`, this.users.add); }
}
"""


@pytest.mark.parametrize(
    "use",
    [
        'this.app.use("/api", new UsersRoute(1).router);',
        'const users = new UsersRoute();\nthis.app.use("/api", users.router);',
        'this.users = new UsersRoute();\nthis.app.use("/api", this.users.router);',
    ],
)
async def test_classes_with_a_router(index: CodeIndex, write: Write, use: str) -> None:
    write(
        {"users.ts": CLASS, "app.ts": f'import UsersRoute from "./users";\nclass App {{ constructor() {{ {use} }} }}\n'}
    )
    assert await addresses(index) == ["GET /api", "POST /api/new"]


FACTORIES = """
import { Router } from "express";
export function createUsers(db: Db) {
  const router = Router();
  router.get("/all", list);
  return router;
}
export const addUsers = (name: string, router: Router): void => { router.get("/all", list); };
export default (app) => { app.get("/all", list); };
"""


@pytest.mark.parametrize(
    ("main", "found"),
    [
        ('app.use("/a", createUsers(db));', "GET /a/all"),
        ('const users = createUsers(db);\napp.use("/a", users);', "GET /a/all"),
        ('const inner = express.Router();\napp.use("/a", inner);\naddUsers("x", inner);', "GET /a/all"),
        ('const inner = express.Router();\ndefaulted(inner);\napp.use("/a", inner);', "GET /a/all"),
    ],
)
async def test_functions_that_make_or_take_a_router(index: CodeIndex, write: Write, main: str, found: str) -> None:
    imports = 'import defaulted, { createUsers, addUsers } from "./users.js";\nconst app = express();\n'
    write({"main.ts": f"{imports}{main}\n", "users.ts": FACTORIES})
    assert await addresses(index) == sorted([found, "GET /all", "GET /all"])


async def test_two_mounts_of_one_router_are_two_addresses(index: CodeIndex, write: Write) -> None:
    write({"app.js": f'{APP}const users = require("./users");\napp.use("/a", users);\napp.use("/b", users);\n'})
    write({"users.js": USERS})
    assert await addresses(index) == [
        "DELETE /a/:id", "DELETE /b/:id", "GET /a", "GET /a/:id", "GET /b", "GET /b/:id",
    ]  # fmt: skip


async def test_routers_of_one_file_and_of_functions_are_kept_apart(index: CodeIndex, write: Write) -> None:
    one = 'function {0}() {{ const router = Router(); router.get("/x", f); return router; }}\n'
    write(
        {
            "all.js": f"{one.format('users')}{one.format('orders')}module.exports = {{ users, orders: orders }};\n",
            "app.js": f'{APP}const all = require("./all");\napp.use("/u", all.users());\napp.use("/o", all.orders());\n'
            'const v1 = Router();\nv1.get("/y", f);\nconst v2 = Router();\nv1.use("/v2", v2);\nv2.get("/", g);\n'
            'app.use("/v1", v1);\n',
        }
    )
    assert await addresses(index) == ["GET /o/x", "GET /u/x", "GET /v1/v2", "GET /v1/y"]


@pytest.mark.parametrize(
    "main",
    [
        "",
        'app.use("/no", require("./other"));',
        'app.use("/no", require("users"));',
        'app.use(prefix(), require("./users"));',
        'app.use(config.prefix, require("./users"));',
        'app.use(`${process.env.BASE || "/x"}/users`, require("./users"));',
        'app.use(["/a", "/b"], require("./users"));',
        'for (const one of files) app.use("/no", require("./" + one));',
        'const router = make();\napp.use("/no", router);',
        'function f(router) { app.use("/no", router); }',
    ],
)
async def test_what_cannot_be_told_keeps_the_address_of_its_file(index: CodeIndex, write: Write, main: str) -> None:
    write({"app.js": f"{APP}{main}\n", "users.js": USERS, "a.js": "const api_prefix = '/a';", "b.js": ""})
    assert await addresses(index) == OWN


async def test_mounts_in_a_circle_are_survived(index: CodeIndex, write: Write) -> None:
    write(
        {
            "a.js": 'router.use("/b", require("./b"));\nrouter.get("/one", f);\nmodule.exports = router;\n',
            "b.js": 'router.use("/a", require("./a"));\nrouter.get("/two", f);\nmodule.exports = router;\n',
            "c.js": 'x.use("/y", y);\ny.use("/x", x);\nappX.use(appY);\nappY.use(appX);\nappX.get("/three", f);\n',
            "f.js": 'const own = own.use("/x", own);\nown.use(own);\nconst p = q();\nconst q = p();\nq.use("/p", p);\n',
            "d.js": 'export * from "./e";\nexport { z } from "./e";\n',
            "e.js": 'export * from "./d";\nexport { z } from "./d";\nimport { z, u } from "./d";\napp.use("/z", z);\n'
            'app.use("/u", u);\n',
        }
    )
    assert await addresses(index) == ["GET /one", "GET /three", "GET /two"]
    write({"main.js": f'{APP}app.use("/api", require("./a"));\n'})
    assert await addresses(index) == ["GET /api/b/two", "GET /api/one", "GET /three"]


async def test_a_change_of_the_main_file_moves_the_routes_of_others(index: CodeIndex, write: Write) -> None:
    main = f'{APP}app.use("/api/users", require("./users"));\n'
    write({"app.js": main, "users.js": USERS})
    assert await addresses(index) == ALL
    write({"app.js": main.replace("/api/", "/v2/")})
    assert await addresses(index) == [one.replace("/api/", "/v2/") for one in ALL]
    assert "route GET /v2/users/:id -> getUser" in await code_index(index, "/v2/users")
    write({"app.js": APP})
    assert await addresses(index) == OWN


async def test_fastify_plugins_with_a_prefix(index: CodeIndex, write: Write) -> None:
    write(
        {
            "server.js": "const fastify = require('fastify')();\n"
            "fastify.register(function (scope, o, done) { scope.get('/s', f); }, { prefix: '/scope' });\n"
            "fastify.register(require('./users'), { prefix: '/users' });\n"
            "fastify.register(import('./late.js'), { prefix: pick() });\n"
            "fastify.register(async (it, opts) => { it.register(require('./plain')); api(it); }, { prefix: '/v1' });\n"
            "function api(server) { server.get('/in', f); }\n",
            "users.js": "module.exports = async function (fastify, opts) { fastify.get('/', f); };\n",
            "plain.js": "async function routes(fastify) { fastify.get('/plain', f); }\nmodule.exports = routes;\n",
            "late.js": "export default async function late(fastify) { fastify.get('/late', f); };\n",
        }
    )
    assert await addresses(index) == ["GET /late", "GET /scope/s", "GET /users", "GET /v1/in", "GET /v1/plain"]


async def test_koa_and_hono(index: CodeIndex, write: Write) -> None:
    write(
        {
            "koa/users.js": "const Router = require('koa-router');\nconst router = new Router({ prefix: '/users' });\n"
            "router.get('/:id', f);\nmodule.exports = router;\n",
            "koa/app.js": "const Koa = require('koa');\nconst users = require('./users');\nconst api = new Router();\n"
            "api.use('/api', users.routes(), users.allowedMethods());\napp.use(api.routes());\n",
            "hono/books.ts": "import { Hono } from 'hono';\nconst app = new Hono();\n"
            "app.get('/', f).post('/new', g);\nexport default app;\n"
            "export const all = new Hono().get('/all', f);\n",
            "hono/index.ts": "import { Hono } from 'hono';\nimport books, { all } from './books';\n"
            "const app = new Hono().basePath('/v1');\napp.route('/books', books);\napp.route('/x', all);\n",
        }
    )
    assert await addresses(index) == ["GET /api/users/:id", "GET /v1/books", "GET /v1/x/all", "POST /v1/books/new"]
