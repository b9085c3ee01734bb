"""What holds for every language alike."""

import random

import pytest

from backend_developer.workspace.index import CodeIndex
from backend_developer.workspace.index.languages import BY_NAME, LANGUAGES, language_of
from backend_developer.workspace.index.sources import take_apart
from tests.unit.workspace.index.conftest import Write

SAMPLES = {
    "billing.py": '''
def overdue_total(invoices, today):
    """Sum of what is overdue."""
    total = 0
    for invoice in invoices:
        if invoice.due < today and not invoice.paid:
            total += invoice.amount * (1 + invoice.rate / 100)
    return round(total, 2) if total > 0 else 0
''',
    "billing.js": """
/** Sum of what is overdue. */
export function overdueTotal(invoices, today) {
  let total = 0;
  for (const invoice of invoices) {
    if (invoice.due < today && !invoice.paid) {
      total += invoice.amount * (1 + invoice.rate / 100);
    }
  }
  return total > 0 ? Math.round(total) : 0;
}
""",
    "billing.ts": """
// Sum of what is overdue.
export function overdueTotal(invoices: Invoice[], today: Date): number {
  let total = 0;
  for (const invoice of invoices) {
    if (invoice.due < today && !invoice.paid) {
      total += invoice.amount * (1 + invoice.rate / 100);
    }
  }
  return total > 0 ? Math.round(total) : 0;
}
""",
    "billing.go": """package billing

// OverdueTotal is the sum of what is overdue.
func OverdueTotal(invoices []Invoice, today Time) float64 {
	total := 0.0
	for _, invoice := range invoices {
		if invoice.Due.Before(today) && !invoice.Paid {
			total += invoice.Amount * (1 + invoice.Rate/100)
		}
	}
	return math.Round(total)
}
""",
    "billing.rs": """
/// Sum of what is overdue.
pub fn overdue_total(invoices: &[Invoice], today: Date) -> f64 {
    let mut total = 0.0;
    for invoice in invoices {
        if invoice.due < today && !invoice.paid {
            total += invoice.amount * (1.0 + invoice.rate / 100.0);
        }
    }
    if total > 0.0 { total.round() } else { 0.0 }
}
""",
    "Billing.cs": """
public class Billing
{
    /// <summary>Sum of what is overdue.</summary>
    public decimal OverdueTotal(List<Invoice> invoices, DateTime today)
    {
        decimal total = 0;
        foreach (var invoice in invoices)
        {
            if (invoice.Due < today && !invoice.Paid) total += invoice.Amount * (1 + invoice.Rate / 100);
        }
        return total > 0 ? Math.Round(total, 2) : 0;
    }
}
""",
    "billing.sql": """
-- Sum of what is overdue.
CREATE FUNCTION overdue_total(today date) RETURNS numeric AS $$
  SELECT sum(invoices.amount * (1 + invoices.rate / 100))
  FROM invoices
  WHERE invoices.due < today AND invoices.paid = false AND invoices.amount > 0
$$ LANGUAGE sql;
""",
}


def renamed(source: str) -> str:
    """A copy with other names."""
    for old, new in (("verdue", "ate"), ("nvoice", "rder"), ("otal", "um"), ("today", "date_now")):
        source = source.replace(old, new)
    return source


def test_there_is_a_sample_of_every_language() -> None:
    suffixes = {f".{path.rpartition('.')[2]}" for path in SAMPLES}
    assert all(suffixes.intersection(language.suffixes) for language in LANGUAGES)


@pytest.mark.parametrize("path", SAMPLES)
async def test_a_need_in_words_is_met(index: CodeIndex, write: Write, path: str) -> None:
    write({path: SAMPLES[path], f"a_{path}": "", "README.go": "package readme\n"})
    hits = await index.similar("sum of overdue invoices")
    assert hits
    assert (hits[0].path, "overdue" in hits[0].name.casefold()) == (path, True)
    assert "um of what is overdue" in hits[0].doc


@pytest.mark.parametrize("path", SAMPLES)
async def test_a_renamed_copy_is_named(index: CodeIndex, write: Write, path: str) -> None:
    stem, _, suffix = path.partition(".")
    write({path: SAMPLES[path], f"z{stem}.{suffix}": renamed(SAMPLES[path])})
    pairs = await index.duplicates({f"z{stem}.{suffix}"})
    assert [(pair.first.path, pair.second.path) for pair in pairs] == [(f"z{stem}.{suffix}", path)]


@pytest.mark.parametrize("path", SAMPLES)
async def test_given_code_finds_its_like(index: CodeIndex, write: Write, path: str) -> None:
    write({path: SAMPLES[path]})
    hits = await index.similar(renamed(SAMPLES[path]))
    assert hits
    assert "of the shape of" in hits[0].why


@pytest.mark.parametrize("path", SAMPLES)
def test_any_damage_is_survived(path: str) -> None:
    chance = random.Random(path)
    whole = SAMPLES[path].encode()
    for _ in range(60):
        cut = sorted(chance.randrange(len(whole)) for _ in range(2))
        noise = chance.randbytes(chance.randrange(6)).replace(b"\0", b"{")
        damaged = take_apart(path, whole[: cut[0]] + noise + whole[cut[1] :])
        assert damaged.lines <= whole.count(b"\n") + 7
        assert all(entry.definition.line >= 1 for entry in damaged.entries)


@pytest.mark.parametrize("path", SAMPLES)
def test_what_does_not_parse_is_text_beside_what_does(path: str) -> None:
    source = take_apart(path, SAMPLES[path].encode() + b"\n@@ ((( {{ zebra \xff\n")
    kinds = [entry.definition.kind for entry in source.entries]
    assert "file" in kinds
    words = source.entries[-1].words
    assert words is not None
    assert "zebra" in words[3].split()
    assert {"function", "method"} & set(kinds)


@pytest.mark.parametrize(
    ("language", "tests", "product"),
    [
        ("javascript", ["__tests__/a.js", "src/a.test.js", "a.spec.js", "test/a.js"], ["src/testing.js", "latest.js"]),
        ("typescript", ["src/a.test.ts", "app.e2e-spec.ts", "e2e/a.ts"], ["src/contest.ts"]),
        ("go", ["a/users_test.go", "testdata/x.go"], ["a/users.go", "testing.go"]),
        ("rust", ["tests/api.rs", "benches/b.rs", "src/users/tests.rs"], ["src/lib.rs", "src/latest.rs"]),
        ("csharp", ["Shop.Tests/A.cs", "UserTests.cs", "tests/A.cs"], ["Shop/Latest.cs", "Contests.cs"]),
        ("sql", ["tests/a.sql"], ["schema/a.sql"]),
    ],
)
def test_tests_are_told_by_their_path(language: str, tests: list[str], product: list[str]) -> None:
    assert [path for path in tests if not BY_NAME[language].is_test(path)] == []
    assert [path for path in product if BY_NAME[language].is_test(path)] == []


@pytest.mark.parametrize(
    ("path", "text", "topics"),
    [
        ("a.ts", "const log = pino();\nconst pool = new Pool();\n", ["logging", "sessions"]),
        ("a.go", 'package a\nvar x = os.Getenv("X")\nvar Err = errors.New("no")\n', ["errors", "settings"]),
        ("a.rs", 'fn a() { env::var("X"); }\nimpl IntoResponse for E {}\n', ["errors", "settings"]),
        ("A.cs", "class Db : DbContext {}\nclass Bad : Exception {}\n", ["errors", "sessions"]),
        ("b.js", "// new Pool() is not for us\n", []),
    ],
)
async def test_conventions_are_seen(index: CodeIndex, write: Write, path: str, text: str, topics: list[str]) -> None:
    write({path: text})
    assert sorted((await index.conventions()).places) == topics


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    ("path", "head", "link"),
    [("a.js", "router.route('/a')", ".get(a)"), ("a.rs", 'fn a() { web::resource("/a")', ".route(web::get().to(b))")],
)
def test_of_a_chain_without_end_the_first_calls_are_read(path: str, head: str, link: str) -> None:
    source = take_apart(path, f"{head}{link * 1_000}\n".encode() + b"\n" * 600)
    routes = [entry for entry in source.entries if entry.definition.kind == "route"]
    assert 0 < len(routes) <= 16


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("a.js", "app.use('/a', x" + ".a" * 3_000 + ");\napp.use('/b', f" + "()" * 3_000 + ");\napp.get('/end', f);"),
        ("a.js", "app" + ".get('/end', f)" * 1_500),
        ("a.ts", "this" + ".router" * 3_000 + ".use('/x', new A().b);\napp.get('/end', f);"),
        ("a.go", "package a\nfunc f(r *gin.Engine) { x := r" + '.Group("/a")' * 1_500 + '\nr.GET("/end", f) }\n'),
        ("a.go", "package a\nfunc f(r *gin.Engine) { g(r" + ".a" * 3_000 + ')\nr.GET("/end", f) }\n'),
        ("a.rs", "fn a() -> Router { Router::new()" + '.route("/end", get(f))' * 1_000 + " }"),
        ("a.cs", "var a = app" + '.MapGroup("/a")' * 1_500 + ';\napp.MapGet("/end", F);'),
    ],
)
def test_expressions_of_routers_without_end_are_survived(path: str, source: str) -> None:
    language = language_of(f".{path.partition('.')[2]}")
    assert language is not None
    assert "/end" in {one.name for one in language.extract(source.encode()).definitions}
