"""Addresses whose prefix stands in another file: FastAPI, Flask, Django."""

import pytest

from backend_developer.workspace.index import CodeIndex, Wanted
from backend_developer.workspace.index.query import code_index
from tests.unit.workspace.index.conftest import Write, addresses

USERS = """
from fastapi import APIRouter
router = APIRouter(prefix="/users")

@router.get("")
def list_users(): ...

@router.get("/{user_id}")
def get_user(user_id: int): ...
"""
MAIN = """
from fastapi import FastAPI
from app.routers import users
app = FastAPI()
app.include_router(users.router, prefix="/api")
"""
BARE = """
from fastapi import APIRouter
router = APIRouter()

@router.get("")
def everything(): ...

@router.get("/")
def slash(): ...
"""
BLUEPRINT = """
from flask import Blueprint
bp = Blueprint("auth", __name__, url_prefix="/auth")

@bp.route("/login")
def login(): ...
"""
URLS = """
urlpatterns = [
    path("", views.index),
    path("<int:pk>/", views.UserDetail.as_view()),
]
"""


async def test_fastapi_router_of_another_module(index: CodeIndex, write: Write) -> None:
    write({"app/main.py": MAIN, "app/routers/users.py": USERS})
    assert await addresses(index) == ["GET /api/users", "GET /api/users/{user_id}"]


@pytest.mark.parametrize(
    "imports",
    [
        "from app.routers.users import router as them\n",
        "from .routers.users import (\n    other,  # not this one\n    router as them,\n)\n",
        "from .routers import users\nthem = 1\n",
        "import app.routers.users\n",
        "import app.routers.users as users\n",
        "from app.routers import *\n",
        "def create():\n    from app.routers import them\n",
    ],
)
async def test_fastapi_imports_of_every_form(index: CodeIndex, write: Write, imports: str) -> None:
    target = "them" if " them" in imports and "them =" not in imports else "users.router"
    target = "app.routers.users.router" if imports == "import app.routers.users\n" else target
    target = "them" if "*" in imports else target
    write(
        {
            "app/__init__.py": "",
            "app/main.py": f"{imports}app.include_router({target}, tags=['x'], prefix='/api')\n",
            "app/routers/__init__.py": "from .users import router as them\n",
            "app/routers/users.py": USERS,
        }
    )
    assert await addresses(index) == ["GET /api/users", "GET /api/users/{user_id}"]


async def test_fastapi_nested_with_constants_below_a_folder_of_sources(index: CodeIndex, write: Write) -> None:
    write(
        {
            "backend/app/main.py": "from app.api import api_router\nfrom app.core.config import settings\n"
            "app.include_router(api_router, prefix=settings.API_V1_STR)\n",
            "backend/app/core/config.py": 'class Settings(BaseSettings):\n    API_V1_STR: str = "/api/v1"\n',
            "backend/app/api/__init__.py": "from app.api.routes import users\nfrom app.api import bare\n"
            'api_router = APIRouter(prefix="/all")\napi_router.include_router(users.router)\n'
            'api_router.include_router(bare.router, prefix="/bare")\n',
            "backend/app/api/routes/users.py": USERS,
            "backend/app/api/bare.py": BARE,
        }
    )
    assert await addresses(index) == [
        "GET /api/v1/all/bare",
        "GET /api/v1/all/bare/",
        "GET /api/v1/all/users",
        "GET /api/v1/all/users/{user_id}",
    ]


async def test_fastapi_two_mounts_are_two_addresses(index: CodeIndex, write: Write) -> None:
    write({"main.py": 'from users import router\na.include_router(router, prefix="/a")\nb.include_router(router)\n'})
    write({"users.py": USERS.replace("{user_id}", "me")})
    assert await addresses(index) == ["GET /a/users", "GET /a/users/me", "GET /users", "GET /users/me"]


@pytest.mark.parametrize(
    "main",
    [
        "",
        "from elsewhere import router\napp.include_router(router, prefix='/no')\n",
        "from users import router\napp.include_router(router, prefix=made_up())\n",
        "from users import router\napp.include_router(router, prefix=settings.UNKNOWN)\n",
        "from users import router\nfor one in [router]:\n    app.include_router(one, prefix='/no')\n",
        "from users import router\napp.include_router(router, prefix=API)\n",
    ],
)
async def test_what_cannot_be_told_keeps_the_address_of_its_file(index: CodeIndex, write: Write, main: str) -> None:
    write({"main.py": main, "users.py": USERS})
    write({"a.py": 'API_PREFIX = "/a"\n', "b.py": 'API_PREFIX = "/b"\n'})
    assert await addresses(index) == ["GET /users", "GET /users/{user_id}"]


async def test_of_constants_with_several_values_the_one_of_the_file_counts(index: CodeIndex, write: Write) -> None:
    main = 'from users import router\nAPI_PREFIX = "/b"\napp.include_router(router, prefix=f"{API_PREFIX}/{{x}}")\n'
    write({"main.py": main.replace("{{x}}", "x"), "users.py": USERS, "a.py": 'API_PREFIX = "/a"\n'})
    assert await addresses(index) == ["GET /b/x/users", "GET /b/x/users/{user_id}"]


async def test_mounts_in_a_circle_are_survived(index: CodeIndex, write: Write) -> None:
    write(
        {
            "a.py": 'import b\nrouter.include_router(b.router, prefix="/b")\n@router.get("/one")\ndef one(): ...\n',
            "b.py": 'import a\nrouter.include_router(a.router, prefix="/a")\n@router.get("/two")\ndef two(): ...\n',
        }
    )
    assert await addresses(index) == ["GET /one", "GET /two"]
    write({"main.py": 'import a\napp.include_router(a.router, prefix="/api")\n'})
    assert await addresses(index) == ["GET /api/b/two", "GET /api/one"]


@pytest.mark.timeout(20)
async def test_a_maze_of_mounts_has_an_end(index: CodeIndex, write: Write) -> None:
    many = "".join(f"r{a}.include_router(r{b}, prefix='/x{a}')\n" for a in range(30) for b in range(30))
    write({"main.py": f"{many}@r1.get('/one')\ndef one(): ...\nr1.include_router(r2)\ntop.include_router(r1)\n"})
    found = await addresses(index)
    assert 0 < len(found) <= 16
    assert "GET /one" in found


async def test_a_change_of_the_main_file_moves_the_routes_of_others(index: CodeIndex, write: Write) -> None:
    write({"app/main.py": MAIN, "app/routers/users.py": USERS})
    assert (await addresses(index))[0] == "GET /api/users"
    write({"app/main.py": MAIN.replace("/api", "/v2")})
    assert await addresses(index) == ["GET /v2/users", "GET /v2/users/{user_id}"]
    write({"app/main.py": "app = 1\n"})
    assert await addresses(index) == ["GET /users", "GET /users/{user_id}"]


async def test_tests_mount_nothing(index: CodeIndex, write: Write) -> None:
    write({"tests/test_app.py": MAIN, "app/routers/users.py": USERS})
    assert (await addresses(index))[0] == "GET /users"


async def test_hits_and_look_ups_show_the_whole_address(index: CodeIndex, write: Write) -> None:
    write({"app/main.py": MAIN, "app/routers/users.py": USERS})
    (hit,) = await index.similar("list users", kinds={"route"}, limit=1)
    assert hit.name == "GET /api/users"
    ((also, *_),) = await index.similar_to_each([Wanted("list users")])
    assert also.path == hit.path
    assert "route GET /api/users/{user_id} -> get_user" in await code_index(index, "/api/users")


async def test_flask_blueprint_of_a_package_with_a_prefix_in_place_of_its_own(index: CodeIndex, write: Write) -> None:
    factory = (
        "def create_app():\n    app = Flask(__name__)\n    from shop.auth import bp as auth_bp\n"
        '    app.register_blueprint(auth_bp, url_prefix="/v1/auth")\n    return app\n'
    )
    routes = 'from shop.auth import bp\n@bp.route("/out", methods=["POST"])\ndef out(): ...\n'
    write({"shop/auth/__init__.py": f"{BLUEPRINT}from shop.auth import routes\n", "shop/auth/routes.py": routes})
    assert await addresses(index) == ["GET /auth/login", "POST /auth/out"]
    write({"shop/__init__.py": factory})
    assert await addresses(index) == ["GET /v1/auth/login", "POST /v1/auth/out"]
    write({"shop/__init__.py": factory.replace(', url_prefix="/v1/auth"', "")})
    assert await addresses(index) == ["GET /auth/login", "POST /auth/out"]


async def test_flask_nested_blueprints(index: CodeIndex, write: Write) -> None:
    api = 'from auth import bp\napi = Blueprint("api", __name__, url_prefix="/api")\napi.register_blueprint(bp)\n'
    write({"auth.py": BLUEPRINT, "api.py": api, "app.py": "import api\napp.register_blueprint(api.api)\n"})
    assert await addresses(index) == ["GET /api/auth/login"]


async def test_django_includes_by_module_by_name_and_in_place(index: CodeIndex, write: Write) -> None:
    write(
        {
            "shop/urls.py": "from users import urls as user_urls\nfrom django.urls import include, path\n"
            'urlpatterns = [\n    path("api/", include("users.urls")),\n'
            '    path("new/", include((user_urls, "new"))),\n'
            '    path("in/", include([path("place/", views.here), path("deep/", include("orders.urls"))])),\n]\n',
            "users/urls.py": URLS,
            "users/__init__.py": "",
            "orders/urls.py": "extra = [re_path(r'^all/$', views.orders)]\n"
            "urlpatterns = [re_path(r'^orders/', include(extra))]\n",
        }
    )
    assert await addresses(index) == [
        "ANY /api/",
        "ANY /api/<int:pk>/",
        "ANY /in/deep/orders/all/$",
        "ANY /in/place/",
        "ANY /new/",
        "ANY /new/<int:pk>/",
    ]


@pytest.mark.parametrize(
    "urls",
    [
        'urlpatterns = [path("v1/", include(router.urls))]\n',
        'urlpatterns = [path("v1/", include("users.urls"))]\n',
        'urlpatterns = [path("v1/", include([*router.urls]))]\n',
    ],
)
async def test_django_rest_framework_routers_are_included(index: CodeIndex, write: Write, urls: str) -> None:
    write(
        {
            "users/routers.py": 'router = DefaultRouter()\nrouter.register("users", UserViewSet)\n',
            "shop/urls.py": f"from users.routers import router\n{urls}",
        }
    )
    if "users.urls" in urls:
        write({"users/urls.py": "from users.routers import router\nurlpatterns = router.urls\n"})
    assert await addresses(index) == ["ANY /v1/users"]


async def test_django_rest_framework_routers_take_each_other_in(index: CodeIndex, write: Write) -> None:
    write(
        {
            "users.py": 'router = SimpleRouter()\nrouter.register(r"users", views.UserViewSet)\n',
            "urls.py": "import users\nrouter = DefaultRouter()\nrouter.registry.extend(users.router.registry)\n"
            'urlpatterns = [path("admin/", admin.site.urls)]\nurlpatterns += [path("api/", include(router.urls))]\n',
        }
    )
    assert await addresses(index) == ["ANY /admin/", "ANY /api/users"]


async def test_django_urls_that_are_included_nowhere_are_as_they_are(index: CodeIndex, write: Write) -> None:
    write({"users/urls.py": URLS, "urls.py": 'urlpatterns = [path("api/", include("else.where"))]\n'})
    assert await addresses(index) == ["ANY /", "ANY /<int:pk>/"]
