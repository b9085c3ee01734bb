import pytest

from backend_developer.workspace.index.fingerprint import BANDS, MIN_TOKENS, Sketch, passes_on, similarity, sketch
from backend_developer.workspace.index.languages import BY_NAME

PYTHON = BY_NAME["python"].blinder

SOURCE = b'''
def overdue(session, today):
    """Invoices that are late."""
    found = []
    for invoice in session.query(Invoice).filter(Invoice.paid == False):
        if invoice.due < today and invoice.total > 0:
            found.append((invoice.number, invoice.total * 1.05))
    return sorted(found, key=lambda pair: pair[1], reverse=True)
'''
RENAMED = SOURCE.replace(b"invoice", b"loan").replace(b"Invoice", b"Loan").replace(b"overdue", b"late")
OTHER = b"""
def parse(text, strict=True):
    while text and text[0] in " \\t":
        text = text[1:]
    try:
        head, tail = text.split(":", 1)
    except ValueError as error:
        if strict:
            raise SyntaxError(text) from error
        return None
    return {"head": head.strip(), "tail": tail.strip()}
"""


def shape(source: bytes) -> Sketch:
    found = sketch(PYTHON.blind(PYTHON.tokens(source)))
    assert found is not None
    return found


def test_a_renamed_copy_has_the_same_shape() -> None:
    assert shape(RENAMED) == shape(SOURCE)


def test_comments_and_layout_do_not_count() -> None:
    changed = SOURCE.replace(b"    found = []\n", b"    found = []  # none yet\n\n")
    assert shape(changed) == shape(SOURCE)


def test_an_edited_copy_is_near_and_shares_a_band() -> None:
    edited = SOURCE.replace(b"    return sorted", b"    found.reverse()\n    return sorted")
    assert 0.6 < similarity(shape(SOURCE), shape(edited)) < 1
    assert set(shape(SOURCE)[:BANDS]) & set(shape(edited)[:BANDS])


def test_other_code_is_far() -> None:
    assert similarity(shape(SOURCE), shape(OTHER)) < 0.2


def test_what_is_too_short_has_no_shape() -> None:
    assert sketch(PYTHON.blind(PYTHON.tokens(b"def one(): return 1"))) is None


PASSED_ON = [
    b"""
def add(self, key, value, timeout=None, version=None):
    key = self.make_key(key, version=version)
    return self._cache.add(key, value, self.timeout(timeout))
""",
    b"""
def __init__(self, expression, kind, output_field=None, tzinfo=None, **extra):
    self.kind = kind
    super().__init__(expression, output_field=output_field, tzinfo=tzinfo, **extra)
""",
]


@pytest.mark.parametrize("source", PASSED_ON, ids=["delegation", "constructor"])
def test_what_only_passes_on_has_no_shape(source: bytes) -> None:
    symbols = PYTHON.blind(PYTHON.tokens(source))
    assert len(symbols) >= MIN_TOKENS
    assert sketch(symbols) is None


@pytest.mark.parametrize(
    "more", [b"    if kind:\n        raise ValueError\n", b"    self.size = kind + 1\n", b"    a(1)\n    b(2)\n"]
)
def test_a_decision_a_sum_or_more_calls_make_a_shape(more: bytes) -> None:
    assert shape(PASSED_ON[1] + more)


def test_what_only_passes_on_is_told_in_other_languages() -> None:
    go = BY_NAME["go"].blinder
    source = b"func (s *Shop) Find(ctx Context, id string) (*Item, error) {\n\treturn s.items.Find(ctx, id)\n}\n"
    assert passes_on(go.blind(go.tokens(source)))
    assert not passes_on(go.blind(go.tokens(source.replace(b"\treturn", b"\tfor all {}\n\treturn"))))
