from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_developer.contract import Finding
from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.nodes.gates.house_rules.duplicates import Level, check_duplicates
from backend_developer.workspace.index import CodeIndex
from tests.support.planted import PLANTED, Planted

OVERDUE = b"""
def overdue(session, today):
    found = []
    for invoice in session.query(Invoice).filter(Invoice.paid == False):
        if invoice.due < today and invoice.total > 0:
            found.append((invoice.number, invoice.total * 1.05))
    return sorted(found, key=lambda pair: pair[1], reverse=True)
"""
LATE = OVERDUE.replace(b"invoice", b"loan").replace(b"Invoice", b"Loan").replace(b"overdue", b"late_loans")
LOST = OVERDUE.replace(b"invoice", b"parcel").replace(b"Invoice", b"Parcel").replace(b"overdue", b"lost_parcels")


class Project:
    """Files before and after a task."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.index = CodeIndex(root, root / "state")
        self.changes: list[Change] = []

    def old(self, path: str, text: bytes) -> None:
        (self.root / path).write_bytes(text)

    def change(self, path: str, after: bytes | None, before: bytes | None = None) -> None:
        if after is None:
            (self.root / path).unlink(missing_ok=True)
        else:
            (self.root / path).write_bytes(after)
        self.changes.append(Change(path, before, after))

    async def judge(self, level: Level = "warning", judged: set[str] | None = None) -> list[Finding]:
        paths = judged or {change.path for change in self.changes}
        return check_duplicates(await self.index.duplicates(paths), self.changes, paths, level)

    async def told(self, judged: set[str] | None = None) -> list[tuple[str | None, int | None, str]]:
        return [(one.file, one.line, one.message.partition(":")[0]) for one in await self.judge(judged=judged)]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    opened = Project(tmp_path)
    yield opened
    opened.index.close()


@pytest.mark.parametrize("level", ["warning", "error"])
async def test_a_new_copy_is_named_with_the_one_to_call(project: Project, level: Level) -> None:
    project.old("invoices.py", OVERDUE)
    project.change("loans.py", LATE)

    (finding,) = await project.judge(level)

    assert (finding.code, finding.level, finding.file, finding.line) == ("near-copy", level, "loans.py", 2)
    assert finding.message == (
        "late_loans has 100% of the shape of overdue in invoices.py:2: call that one, "
        "or move what both need to one place"
    )


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.suffix)
async def test_every_language_names_the_one_to_call(project: Project, planted: Planted) -> None:
    old, new = f"invoices.{planted.suffix}", f"loans.{planted.suffix}"
    project.old(old, planted.original.encode())
    project.change(new, planted.copy.encode())
    project.change(f"merging.{planted.suffix}", planted.other.encode())

    (finding,) = await project.judge()

    assert (finding.file, finding.line) == (new, planted.line)
    assert finding.message.startswith(
        f"{planted.copied} has 100% of the shape of {planted.name} in {old}:{planted.line}: call that one"
    )


async def test_a_new_copy_beside_an_old_function_of_the_same_file_is_named(project: Project) -> None:
    project.change("invoices.py", LATE + OVERDUE, before=OVERDUE)

    assert await project.told() == [("invoices.py", 2, "late_loans has 100% of the shape of overdue in invoices.py")]


async def test_copies_that_were_there_before_are_left_alone(project: Project) -> None:
    project.old("invoices.py", OVERDUE)
    edited = LATE.replace(b"1.05", b"1.07").replace(b"session, today", b"session, today, strict")
    project.change("loans.py", edited, before=LATE)

    assert len(await project.index.duplicates()) == 1
    assert await project.told() == []


async def test_a_function_that_moved_is_not_new(project: Project) -> None:
    project.old("invoices.py", OVERDUE)
    project.change("everything.py", b"LIMIT = 1\n", before=b"LIMIT = 1\n" + LATE)
    project.change("loans.py", b"class Loans:\n" + LATE.replace(b"\n", b"\n    "))

    assert len(await project.index.duplicates()) == 1
    assert await project.told() == []


async def test_two_new_copies_are_told_once(project: Project) -> None:
    project.change("loans.py", LATE)
    project.change("parcels.py", LOST)

    assert await project.told() == [("loans.py", 2, "late_loans has 100% of the shape of lost_parcels in parcels.py")]


async def test_each_of_two_new_copies_is_sent_to_the_old_function(project: Project) -> None:
    project.old("zinvoices.py", OVERDUE)
    project.change("loans.py", LATE)
    project.change("parcels.py", LOST)

    assert await project.told() == [
        ("loans.py", 2, "late_loans has 100% of the shape of overdue in zinvoices.py"),
        ("parcels.py", 2, "lost_parcels has 100% of the shape of overdue in zinvoices.py"),
    ]


async def test_what_is_not_judged_is_never_told(project: Project) -> None:
    project.change("invoices.py", OVERDUE + b"\nLIMIT = 1\n", before=OVERDUE)
    project.change("legacy.py", LATE)

    assert await project.told(judged={"invoices.py"}) == []


async def test_a_deleted_original_leaves_no_copy(project: Project) -> None:
    project.change("invoices.py", None, before=OVERDUE)
    project.change("loans.py", LATE)

    assert await project.told() == []


async def test_a_function_without_a_name_is_old_where_one_was_exported(project: Project) -> None:
    body = "  const found = [];\n" + "".join(
        f"  if (invoice.field{n} < today && invoice.total > {n}) {{ found.push(invoice.number * {n}); }}\n"
        for n in range(6)
    )
    late, lost = (body.replace("invoice", name).encode() for name in ("loan", "parcel"))
    project.old("invoices.js", b"export function overdue(invoice, today) {\n%b  return found;\n}\n" % body.encode())
    exported = b"module.exports = function (parcel, today) {\n%b  return found;\n};\n"
    project.change("parcels.js", exported % lost, before=exported % lost.replace(b"push", b"add"))
    assert await project.told() == []
    project.change("loans.js", b"export function late(loan, today) {\n%b  return found;\n}\n" % late)
    assert [file for file, *_ in await project.told()] == ["loans.js"]
