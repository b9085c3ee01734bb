"""The cells of TypeScript on Node."""

from tests.acceptance.matrix.cases import Case, Edit, Language, column_without_default, get, long_file, new_table

APP = "src/app.ts"
INDEX = "src/index.ts"
NOTES = "src/notes.ts"
_HEALTH = 'if (method === "GET" && url === "/health") return answer(response, 200, { ok: true });\n'
_VERSION = '  if (method === "GET" && url === "/version") return answer(response, 200, { version: 7 });\n'
_PORT = "const port = Number(process.env.PORT ?? 3000);\n"
_SILENT = """export function first(note: Note): string {
  const words = note.text.split(" ");
  const [word] = words;
  return word ?? "";
}

export function title"""


def _version(old: str = "", new: str = "") -> Edit:
    return Edit(APP, _HEALTH, _HEALTH + _VERSION.replace(old, new))


TYPESCRIPT = Language(
    name="TypeScript",
    correct=(_version(), new_table("migrations/0002_labels.sql")),
    correct_check=get("/version", '"version":7'),
    check=get("/health", "true"),
    faults={
        "lint fault": Case((_version("method ===", "method =="),), "lint/eslint", APP, '"/version"'),
        "type fault": Case((_version("200", '"200"'),), "build/tsgo", APP, '"/version"'),
        "broken build": Case((Edit(INDEX, './app.js"', './nowhere.js"'),), "build/tsgo", INDEX, "./nowhere.js"),
        "broken test": Case(
            (Edit(NOTES, "words.slice(0, 3)", "words.slice(0, 2)"),),
            "tests/node",
            "test/notes.test.ts",
            "assert.equal(",
        ),
        "service dies at start": Case(
            (Edit(INDEX, _PORT, f'{_PORT}if (port > 0) throw new Error("no luck");\n'),), "runtime", INDEX, "no luck"
        ),
        "service answers 500": Case(
            (_version("return answer(response, 200, { version: 7 })", 'throw new TypeError("no version")'),),
            "runtime",
            APP,
            "no version",
            get("/version", "7"),
        ),
        "migration fails on rows": column_without_default("migrations/0002_email.sql", "notes"),
        "301-line file": long_file("src/long.ts", "export {};\n", "//"),
        "function without its log": Case(
            (Edit(NOTES, "export function title", _SILENT),), "house_rules", NOTES, "function first"
        ),
    },
)
