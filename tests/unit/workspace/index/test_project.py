from backend_developer.workspace.index import CodeIndex, LongFile, Model, Route
from tests.unit.workspace.index.conftest import Write

ROUTER = """
from fastapi import APIRouter
router = APIRouter(prefix="/users")

@router.get("/{user_id}")
def get_user(user_id: int): ...
"""


async def test_routes_are_told_with_handler_and_place(index: CodeIndex, write: Write) -> None:
    write({"app/users.py": ROUTER, "tests/test_app.py": ROUTER})
    assert await index.routes() == [Route("GET", "/users/{user_id}", "get_user", "fastapi", "app/users.py", 6)]


async def test_a_route_and_its_handler_are_one_hit(index: CodeIndex, write: Write) -> None:
    write({"app/users.py": ROUTER})
    assert len(await index.similar("get user")) == 1


async def test_models_over_a_base_in_another_file_are_told(index: CodeIndex, write: Write) -> None:
    write(
        {
            "base.py": "from pydantic import BaseModel\nclass UserBase(BaseModel):\n    email: str\n",
            "schemas.py": "class NewUser(base.UserBase):\n    password: str\n\nclass Admin(NewUser):\n    rank: int\n",
            "plain.py": "class Limits:\n    most = 3\n",
        }
    )
    assert await index.models() == [
        Model("UserBase", "pydantic", "", ("email",), "base.py", 2),
        Model("NewUser", "pydantic", "", ("password",), "schemas.py", 1),
        Model("Admin", "pydantic", "", ("rank",), "schemas.py", 4),
    ]


async def test_long_files_are_product_code_over_the_limit(index: CodeIndex, write: Write) -> None:
    lines = "x = 1\n"
    write({"a.py": lines * 301, "b.py": lines * 300, "tests/c.py": lines * 900, "d.ts": "let x;\n" * 400})
    assert await index.long_files() == [LongFile("d.ts", 400), LongFile("a.py", 301)]
    assert await index.long_files(350) == [LongFile("d.ts", 400)]


async def test_conventions_name_the_telling_place_first(index: CodeIndex, write: Write) -> None:
    write(
        {
            "app/a.py": "import logging\nlogger = logging.getLogger(__name__)\n# os.environ is not read here\n",
            "app/log.py": "def setup_logging(level):\n    logging.basicConfig(level=level)\n",
            "app/errors.py": "class ShopError(Exception):\n    pass\n\nclass NotFound(ShopError):\n    pass\n",
            "app/settings.py": "class Settings(BaseSettings):\n    debug: bool = False\n",
            "app/db.py": "Session = sessionmaker(engine)\n\ndef get_session():\n    yield Session()\n",
        }
    )
    places = (await index.conventions()).places
    first = {topic: (found[0].path, found[0].line, found[0].text) for topic, found in places.items()}
    assert first == {
        "logging": ("app/log.py", 1, "def setup_logging(level)"),
        "errors": ("app/errors.py", 1, "class ShopError(Exception)"),
        "settings": ("app/settings.py", 1, "class Settings(BaseSettings)"),
        "sessions": ("app/db.py", 3, "def get_session()"),
    }
    assert places["logging"][0].files == 2
