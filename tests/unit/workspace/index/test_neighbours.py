from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.neighbours import CONVENTION
from tests.unit.workspace.index.conftest import Write

OVERDUE = """
def overdue(session, today):
    found = []
    for invoice in session.query(Invoice).filter(Invoice.paid == False):
        if invoice.due < today and invoice.total > 0:
            found.append((invoice.number, invoice.total * 1.05))
    return sorted(found, key=lambda pair: pair[1], reverse=True)
"""
LATE = OVERDUE.replace("invoice", "loan").replace("Invoice", "Loan").replace("overdue", "late_loans")
PARSE = """
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
AREA = """
def area(box):
    width = box.right - box.left
    height = box.bottom - box.top
    border = box.style.border * 2
    if box.hidden:
        return 0
    return (width - border) * (height - border)
"""
WAGES = """
def wages(job):
    hours = job.evening - job.morning
    rate = job.agreed - job.deduction
    pause = job.contract.lunch * 2
    if job.holiday:
        return 0
    return (hours - pause) * (rate - pause)
"""
SHORT = "\ndef name(self):\n    return self._name\n"


async def test_a_renamed_copy_is_named_with_its_original(index: CodeIndex, write: Write) -> None:
    write({"billing/invoices.py": OVERDUE, "library/loans.py": LATE, "parsing.py": PARSE})
    pairs = await index.duplicates()
    assert [(pair.first.name, pair.second.name, pair.similarity) for pair in pairs] == [("overdue", "late_loans", 1.0)]


async def test_an_edited_copy_is_named_too(index: CodeIndex, write: Write) -> None:
    edited = OVERDUE.replace("return sorted(found", "logger.info(found)\n    return sorted(found")
    write({"a.py": OVERDUE, "b.py": edited})
    assert [(pair.first.path, pair.second.path) for pair in await index.duplicates()] == [("a.py", "b.py")]


async def test_the_changed_file_comes_first(index: CodeIndex, write: Write) -> None:
    write({"a.py": OVERDUE, "b.py": LATE, "c.py": PARSE})
    pairs = await index.duplicates({"b.py"})
    assert [(pair.first.path, pair.second.path) for pair in pairs] == [("b.py", "a.py")]
    assert await index.duplicates({"c.py"}) == []


async def test_short_functions_other_shapes_and_tests_are_no_copies(index: CodeIndex, write: Write) -> None:
    write({"a.py": OVERDUE + SHORT, "b.py": PARSE + SHORT, "tests/test_a.py": OVERDUE})
    assert await index.duplicates() == []


async def test_the_same_shape_about_other_things_is_no_copy(index: CodeIndex, write: Write) -> None:
    write({"a.py": AREA, "b.py": WAGES})
    assert await index.duplicates() == []


PACKED = """
    def pack(self):
        name, path, options = super().pack()
        if self.{0} is not None:
            options["{0}"] = self.{0}
        if self.{1} is not None:
            options["{1}"] = self.{1}
        return name, path, options
"""


def packed(kind: str, one: str, two: str, method: str = "pack") -> str:
    return f"class {kind}:{PACKED.format(one, two).replace('pack(', f'{method}(')}"


async def test_two_answers_to_one_interface_are_no_copies(index: CodeIndex, write: Write) -> None:
    write({"a.py": packed("Amount", "digits", "places"), "b.py": packed("Document", "encoder", "decoder")})
    assert await index.duplicates() == []


async def test_two_answers_to_one_interface_in_the_same_words_are(index: CodeIndex, write: Write) -> None:
    write({"a.py": packed("Amount", "digits", "places"), "b.py": packed("Sum", "digits", "places")})
    assert [(pair.first.name, pair.second.name) for pair in await index.duplicates()] == [("Amount.pack", "Sum.pack")]


async def test_the_same_words_under_two_names_are_judged_by_the_lower_bound(index: CodeIndex, write: Write) -> None:
    write({"a.py": packed("A", "digits", "places"), "b.py": packed("B", "encoder", "decoder", "pack_all")})
    assert [(pair.first.name, pair.second.name) for pair in await index.duplicates()] == [("A.pack", "B.pack_all")]


async def test_a_shape_that_the_project_has_often_is_a_convention(index: CodeIndex, write: Write) -> None:
    write({"a.py": packed("A", "digits", "places"), "b.py": packed("B", "encoder", "decoder", "pack_all")})
    assert len(await index.duplicates()) == 1
    letters = [chr(ord("c") + number) for number in range(CONVENTION)]
    write({f"{one}.py": packed("C", 4 * one, 5 * one, f"pack_{6 * one}") for one in letters})
    assert await index.duplicates() == []
