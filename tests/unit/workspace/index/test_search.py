import pytest

from backend_developer.workspace.index import CodeIndex
from tests.unit.workspace.index.conftest import Write

FILES: dict[str, str | bytes] = {
    "app/security.py": '''
import hashlib

def hash_password(password: str, salt: bytes) -> bytes:
    """Derive the key that is stored in place of a password."""
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)

def create_token(user_id: int, lifetime_s: int) -> str:
    """A signed token for a session."""
    return sign({"user": user_id, "until": now() + lifetime_s})
''',
    "app/text.py": '''
def slugify(title: str) -> str:
    """Lower-case ASCII with hyphens, for addresses."""
    return "-".join(title.lower().split())

def _shorten(title: str) -> str:
    """Cut a title."""
    return title[:80]
''',
    "app/users.py": '''
class UserService:
    """What can be done with users."""

    def deactivate(self, user_id: int) -> None:
        """Switch an account off."""
        self.repository.update(user_id, active=False)

    def send_welcome_email(self, user):
        self.mailer.send(user.email, render("welcome.txt"))
''',
    "app/orders.py": """
def overdue(session, today):
    found = []
    for invoice in session.query(Invoice).filter(Invoice.paid == False):
        if invoice.due < today and invoice.total > 0:
            found.append((invoice.number, invoice.total * 1.05))
    return sorted(found, key=lambda pair: pair[1], reverse=True)
""",
    "tests/test_security.py": "def test_hash_password():\n    assert hash_password('x', b'')\n",
}


@pytest.fixture(autouse=True)
def project(write: Write) -> None:
    write(FILES)


@pytest.mark.parametrize(
    ("need", "name"),
    [
        ("hash a password before it is stored", "hash_password"),
        ("password hashing", "hash_password"),
        ("turn a title into a slug", "slugify"),
        ("make a token for a user's session", "create_token"),
        ("send an e-mail to welcome a new user", "UserService.send_welcome_email"),
        ("switch off an account", "UserService.deactivate"),
    ],
)
async def test_a_need_finds_what_serves_it(index: CodeIndex, need: str, name: str) -> None:
    hits = await index.similar(need)
    assert hits[0].name == name


@pytest.mark.parametrize(
    "need",
    [
        "charge a credit card with Stripe",
        "publish a message to a Kafka topic",
        "resize an image into a thumbnail",
        "generate a QR code",
        "send an SMS through Twilio",
        "parse a CSV bank statement",
        "подключить платёжный шлюз",
        "a the of",
        "",
    ],
)
async def test_a_need_without_a_counterpart_finds_nothing(index: CodeIndex, need: str) -> None:
    assert await index.similar(need) == []


async def test_a_hit_says_where_it_is_and_why_it_is_there(index: CodeIndex) -> None:
    hit = (await index.similar("hash password"))[0]
    assert (hit.path, hit.line, hit.end_line, hit.kind) == ("app/security.py", 4, 6, "function")
    assert hit.signature == "def hash_password(password: str, salt: bytes) -> bytes"
    assert hit.doc == "Derive the key that is stored in place of a password."
    assert hit.why == "name: hash, password"
    assert 0.9 < hit.score <= 1


async def test_tests_are_not_offered(index: CodeIndex) -> None:
    assert {hit.path for hit in await index.similar("hash password")} == {"app/security.py"}


async def test_what_a_file_keeps_to_itself_is_worth_less(index: CodeIndex, write: Write) -> None:
    write({"web/text.py": str(FILES["app/text.py"]).replace("_shorten", "shorten")})
    public, private = await index.similar("shorten title", limit=2)
    assert (public.name, private.name) == ("shorten", "_shorten")
    assert private.score < public.score


async def test_hits_are_limited_by_kind_language_and_number(index: CodeIndex) -> None:
    assert {hit.kind for hit in await index.similar("user", kinds={"class"})} == {"class"}
    assert await index.similar("user", language="go") == []
    assert len(await index.similar("user", limit=1)) == 1


async def test_code_finds_the_function_of_its_shape(index: CodeIndex) -> None:
    code = str(FILES["app/orders.py"]).replace("invoice", "loan").replace("Invoice", "Loan").replace("overdue", "late")
    hit = (await index.similar(code))[0]
    assert (hit.name, hit.score) == ("overdue", 1.0)
    assert hit.why == "100% of the shape of late"


async def test_the_order_is_always_the_same(index: CodeIndex) -> None:
    assert await index.similar("user account email") == await index.similar("user account email")


async def test_a_file_that_is_text_is_worth_less_than_what_can_be_called(index: CodeIndex, write: Write) -> None:
    write({"jobs/export.rb": "def export_report\nend\n", "web/export.py": "def export_report():\n    pass\n"})
    function, file = await index.similar("export report")
    assert (function.kind, file.kind) == ("function", "file")


@pytest.mark.parametrize(
    ("need", "name"),
    [
        ("let people pick how names are persisted", "save_name"),
        ("the hostname of a client", "client_domain"),
        ("paginate orders", "page_of_orders"),
        ("answer to the browser", "reply"),
    ],
)
async def test_other_words_for_the_same_thing_are_understood(
    index: CodeIndex, write: Write, need: str, name: str
) -> None:
    functions = ("save_name(name)", "client_domain(client)", "page_of_orders(orders)", "reply(client)")
    write({"web/names.py": "\n\n".join(f"def {one}:\n    pass" for one in functions)})
    assert (await index.similar(need))[0].name == name


async def test_the_whole_comment_above_a_function_is_searched(write: Write, index: CodeIndex) -> None:
    comment = "/**\n * Set a header.\n *\n * Telling pagination's neighbours.\n */"
    write({"lib/page.js": f"{comment}\nfunction links(a) {{ return a; }}\n"})
    assert [hit.name for hit in await index.similar("neighbours of a pagination")] == ["links"]


async def test_one_word_of_code_does_not_meet_two_words_of_a_need(write: Write, index: CodeIndex) -> None:
    write({"app/sums.py": "def tally_amount(rows):\n    return rows\n"})
    (hit,) = await index.similar("an amount of money")
    assert hit.why == "name: amount"


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ({"app/parcel.py": "def weigh_parcel(): ...\n"}, {"app/scale.py": "class WeighParcel: ...\n"}),
        ({"shop/parcel.py": "def weigh_parcel(): ...\n"}, {"examples/parcel.py": "def weigh_parcel(): ...\n"}),
        (
            {"app/parcel.py": "def weigh_parcel(): ...\n"},
            {"app/abc.py": "class Scale:\n    def weigh_parcel(self): ...\n"},
        ),
    ],
)
async def test_what_can_be_called_as_it_is_comes_first(
    index: CodeIndex, write: Write, before: dict[str, str], behind: dict[str, str]
) -> None:
    write({**before, **behind})
    hits = [hit for hit in await index.similar("weigh a parcel") if hit.kind != "file"]
    assert [hit.path for hit in hits][:2] == [*before, *behind]


async def test_a_word_counts_in_each_place_where_it_stands(index: CodeIndex, write: Write) -> None:
    said = 'def weigh_parcel(parcel):\n    """Weigh a parcel."""\n    return scale.weigh(parcel)\n'
    write({"app/one.py": "def weigh_parcel(thing): ...\n", "app/two.py": said})
    first, second = await index.similar("weigh a parcel", limit=2)
    assert (first.path, second.path) == ("app/two.py", "app/one.py")
    assert second.score < first.score < 1


async def test_the_words_that_a_project_has_not_speak_against_a_counterpart(index: CodeIndex, write: Write) -> None:
    write({"app/labels.py": "def print_label(text): ...\n"})
    assert [hit.name for hit in await index.similar("print a label")] == ["print_label"]
    assert await index.similar("print a barcode with the customs declaration of the freight forwarder") == []


async def test_of_equals_the_one_that_is_near_in_meaning_comes_first(index: CodeIndex, write: Write) -> None:
    write({"app/numbers.py": "def cookie_number(): ...\n\n\ndef seed_number(): ...\n\n\ndef title_number(): ...\n"})
    assert (await index.similar("a random number"))[0].name == "seed_number"
