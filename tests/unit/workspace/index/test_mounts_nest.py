"""Addresses of NestJS, whose prefix stands in the application's file or with its modules."""

import pytest

from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.query import code_index
from tests.unit.workspace.index.conftest import Write, addresses

USERS = """
import { Controller, Get, Post } from '@nestjs/common';
@Controller('users')
export class UsersController {
  @Get(':id') one() { return 1; }
  @Post() add() { return 1; }
}
"""
HEALTH = """
import { Controller, Get } from '@nestjs/common';
@Controller()
export class Health { @Get('health') ok() {} @Get('health/db') db() {} @Get() root() {} }
"""
MAIN = """
import { NestFactory } from '@nestjs/core';
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.setGlobalPrefix('api');
  await app.listen(3000);
}
"""
MODULE = """
import { Module } from '@nestjs/common';
import { UsersController as Users } from './users.controller';
@Module({ imports: [Db.register({ a: 1 })], controllers: [Users] })
export class UsersModule {}
"""


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("app.setGlobalPrefix('api');", ["/api", "/api/health", "/api/health/db", "/api/users/:id"]),
        ("app.setGlobalPrefix('/api/v1/');", ["/api/v1", "/api/v1/health", "/api/v1/health/db", "/api/v1/users/:id"]),
        (
            "app.setGlobalPrefix('api', { exclude: ['health', { path: '/', method: RequestMethod.GET }] });",
            ["/", "/api/health/db", "/api/users/:id", "/health"],
        ),
        (
            "app.setGlobalPrefix('api', {\n exclude: ['health/(.*)'],\n});",
            ["/api", "/api/health", "/api/users/:id", "/health/db"],
        ),
        ("const p = 'x';\napp.setGlobalPrefix(p);", ["/x", "/x/health", "/x/health/db", "/x/users/:id"]),
        ("app.setGlobalPrefix(settings.API_PREFIX);", ["/c", "/c/health", "/c/health/db", "/c/users/:id"]),
        ("app.setGlobalPrefix(config.get('prefix'));", ["/", "/health", "/health/db", "/users/:id"]),
        ("", ["/", "/health", "/health/db", "/users/:id"]),
    ],
)
async def test_global_prefix(index: CodeIndex, write: Write, call: str, found: list[str]) -> None:
    write({"src/main.ts": MAIN.replace("app.setGlobalPrefix('api');", call), "src/health.ts": HEALTH})
    write({"src/users/users.controller.ts": USERS, "src/settings.ts": "export const API_PREFIX = '/c';\n"})
    added = next(one for one in found if one.endswith("/users/:id")).removesuffix("/:id")
    assert await addresses(index) == [*(f"GET {one}" for one in found), f"POST {added}"]


async def test_prefix_of_one_application_of_several(index: CodeIndex, write: Write) -> None:
    write(
        {
            "apps/a/src/main.ts": MAIN.replace("app.setGlobalPrefix('api');", "setup(app);"),
            "apps/a/src/config/setup.ts": "import '@nestjs/core';\nfunction setup(app) { app.setGlobalPrefix('a'); }\n",
            "apps/b/src/main.ts": MAIN.replace("'api'", "'b'"),
            "apps/c/src/main.ts": MAIN.replace("app.setGlobalPrefix('api');", ""),
            **{f"{place}/users.ts": USERS for place in ("apps/a/src", "apps/b/src/x", "apps/c/src", "libs/shared")},
        }
    )
    assert await addresses(index) == [
        "GET /a/users/:id",
        "GET /b/users/:id",
        "GET /users/:id",
        "GET /users/:id",
        "POST /a/users",
        "POST /b/users",
        "POST /users",
        "POST /users",
    ]


ROUTED = """
import { RouterModule } from '@nestjs/core';
import { UsersModule } from './users';
@Module({ imports: [UsersModule, RouterModule.register([
  { path: 'admin', module: AdminModule, children: [{ path: '/inner', module: UsersModule }] },
])], controllers: [Own] })
export class AppModule {}

@Controller('own') class Own { @Get() own() {} }
"""


async def test_modules_with_a_path(index: CodeIndex, write: Write) -> None:
    write({"src/app.module.ts": ROUTED, "src/users/index.ts": "export * from './users.module';\n"})
    write({"src/users/users.module.ts": MODULE, "src/users/users.controller.ts": USERS, "src/main.ts": MAIN})
    assert await addresses(index) == ["GET /api/admin/inner/users/:id", "GET /api/own", "POST /api/admin/inner/users"]
    write({"src/app.module.ts": ROUTED.replace("'admin'", "name()")})
    assert await addresses(index) == ["GET /api/own", "GET /api/users/:id", "POST /api/users"]
    both = ROUTED.replace(
        "[{ path: '/inner', module: UsersModule }]", "[UsersModule, { path: 'b', module: UsersModule }]"
    )
    write({"src/app.module.ts": both})
    assert (await addresses(index))[:2] == ["GET /api/admin/b/users/:id", "GET /api/admin/users/:id"]


async def test_a_change_of_the_main_file_moves_the_routes_of_others(index: CodeIndex, write: Write) -> None:
    write({"src/main.ts": MAIN, "src/users.ts": USERS})
    assert await addresses(index) == ["GET /api/users/:id", "POST /api/users"]
    write({"src/main.ts": MAIN.replace("'api'", "'v2'")})
    assert "route GET /v2/users/:id -> UsersController.one" in await code_index(index, "/v2/users")
    write({"src/main.ts": ""})
    assert await addresses(index) == ["GET /users/:id", "POST /users"]


VERSIONED = """
import { Controller, Get, Version } from '@nestjs/common';
@Controller({ path: 'a', version: '1' })
export class A { @Get() one() {} @Version(['2', VERSION_NEUTRAL]) @Get('x') two() {} }
@Controller('b')
export class B { @Get() one() {} }
"""


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("app.enableVersioning();", ["/api/a/x", "/api/b", "/api/v1/a", "/api/v2/a/x"]),
        ("app.enableVersioning({ type: VersioningType.HEADER, header: 'V' });", ["/api/a", "/api/a/x", "/api/b"]),
        (
            "app.enableVersioning({ type: VersioningType.URI, prefix: 'r', defaultVersion: '7' });",
            ["/api/a/x", "/api/r1/a", "/api/r2/a/x", "/api/r7/b"],
        ),
        ("app.enableVersioning({ prefix: false });", ["/api/1/a", "/api/2/a/x", "/api/a/x", "/api/b"]),
    ],
)
async def test_versions_in_addresses(index: CodeIndex, write: Write, call: str, found: list[str]) -> None:
    write({"src/main.ts": MAIN.replace("await app.listen", f"{call}\n  await app.listen"), "src/a.ts": VERSIONED})
    assert await addresses(index) == [f"GET {one}" for one in found]
