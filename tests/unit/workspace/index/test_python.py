from backend_developer.workspace.index.languages import BY_NAME
from backend_developer.workspace.index.records import Definition

PYTHON = BY_NAME["python"]

SOURCE = b'''"""Users and what they may do."""

from dataclasses import dataclass


class Users:
    """All users.

    A second paragraph.
    """

    LIMIT = 10

    def create(
        self,
        name: str,  # as shown
        *, active: bool = True,
    ) -> "User":
        # not part of the signature: it's a comment
        """Create a user
        and return it."""
        def inner(): return 1
        return User(name)

    if True:
        async def fetch(self): ...

class Outer:
    class Inner:
        def deep(self): pass

@dataclass
class User:
    name: str
    age: int = 0
'''


def found(source: bytes) -> dict[str, Definition]:
    return {definition.qualified: definition for definition in PYTHON.extract(source).definitions}


def test_every_definition_is_found_with_scope_and_kind() -> None:
    kinds = {name: definition.kind for name, definition in found(SOURCE).items()}
    assert kinds == {
        "Users": "class",
        "Users.create": "method",
        "Users.create.inner": "function",
        "Users.fetch": "method",
        "Outer": "class",
        "Outer.Inner": "class",
        "Outer.Inner.deep": "method",
        "User": "model",
    }


def test_a_signature_is_one_line_without_comments() -> None:
    create = found(SOURCE)["Users.create"]
    assert create.signature == 'def create(self, name: str, *, active: bool = True) -> "User"'
    assert (create.line, create.end_line) == (14, 23)


def test_documentation_is_the_first_paragraph() -> None:
    assert found(SOURCE)["Users"].doc == "All users."
    assert PYTHON.extract(SOURCE).doc == "Users and what they may do."


def test_what_is_inside_a_function_is_local() -> None:
    assert [name for name, one in found(SOURCE).items() if one.local] == ["Users.create.inner"]


def test_a_file_that_does_not_parse_gives_what_can_be_read() -> None:
    extract = PYTHON.extract(b"def good():\n    return 1\n\ndef broken(:\n    x = = 2\n\ndef after(): pass\n")
    assert extract.broken
    assert "good" in [definition.name for definition in extract.definitions]


def test_nesting_without_end_is_survived() -> None:
    source = "".join(f"{' ' * depth}if x:\n" for depth in range(3_000)).encode()
    assert PYTHON.extract(source).definitions == []


def test_tests_are_told_by_their_path() -> None:
    paths = ["tests/a.py", "app/tests/b.py", "app/test_users.py", "app/users_test.py", "conftest.py", "shop/tests.py"]
    assert all(PYTHON.is_test(path) for path in paths)
    assert not any(PYTHON.is_test(path) for path in ["app/testing.py", "django/test/client.py", "latest.py"])


def routes(source: bytes) -> list[tuple[str, str, str, str]]:
    definitions = PYTHON.extract(source).definitions
    return [(one.detail, one.name, one.scope, one.framework) for one in definitions if one.kind == "route"]


def test_fastapi_routes_with_the_prefix_of_their_router() -> None:
    source = b"""
from fastapi import APIRouter, Depends
router = APIRouter(prefix="/users", dependencies=[Depends(auth)])

@router.post("", status_code=201)
async def create_user(body: NewUser): ...

@router.get("/{user_id}")
def get_user(user_id: int): ...

@mock.patch("app.users")
def not_a_route(): ...
"""
    assert routes(source) == [
        ("POST", "/users", "create_user", "fastapi"),
        ("GET", "/users/{user_id}", "get_user", "fastapi"),
    ]


def test_flask_routes_with_methods() -> None:
    source = b"""
from flask import Blueprint
bp = Blueprint("shop", __name__, url_prefix="/shop")

@bp.route("/orders", methods=["GET", "POST"])
@login_required
def orders(): ...

class Cart(MethodView):
    def get(self): ...
"""
    assert routes(source) == [("GET,POST", "/shop/orders", "orders", "flask"), ("ANY", "Cart", "Cart", "django")]


def test_django_urls_and_viewsets_but_not_those_in_documentation() -> None:
    source = b'''"""
urlpatterns example: path("docs/", views.docs)
"""
router.register(r"users", UserViewSet)
urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("api/", include(router.urls)),
    re_path(r"^old/$", admin.wrap(old_page)),
]
class UserViewSet(viewsets.ModelViewSet):
    queryset = User.objects.all()
'''
    assert sorted(routes(source)) == [
        ("ANY", "/login/", "Login", "django"),
        ("ANY", "/old/$", "old_page", "django"),
        ("ANY", "/users", "UserViewSet", "django-rest-framework"),
        ("ANY", "UserViewSet", "UserViewSet", "django-rest-framework"),
    ]


def test_models_of_each_framework() -> None:
    source = b"""
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email = Column(String)
    def name(self):
        local = 1

class Order(models.Model):
    total = models.DecimalField()
    class Meta:
        db_table = "orders"

class Hero(SQLModel, table=True):
    id: int

class NewUser(BaseModel):
    email: str

class Plain:
    limit = 3

class Base(DeclarativeBase):
    pass
"""
    models = {one.name: (one.framework, one.detail) for one in PYTHON.extract(source).definitions if one.framework}
    assert models == {
        "User": ("sqlalchemy", "users: id, email"),
        "Order": ("django", "orders: total"),
        "Hero": ("sqlmodel", ": id"),
        "NewUser": ("pydantic", ": email"),
    }
