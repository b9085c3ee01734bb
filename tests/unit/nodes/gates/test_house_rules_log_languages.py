"""The rule on logging beyond Python: what is a function, what a log call, what needs none."""

import textwrap

import pytest

from backend_developer.contract import Finding
from backend_developer.nodes.gates.house_rules.change import Change
from backend_developer.nodes.gates.house_rules.log_rule import check_logging


def judged(path: str, after: str, before: str | None = None) -> list[Finding]:
    texts = [None if text is None else textwrap.dedent(text).encode() for text in (before, after)]
    return check_logging([Change(path, texts[0], texts[1])], lambda: False)


SILENT = {
    "users.ts": "export async function create(name: string): Promise<User> {\n%s\n  const user = await store(name);\n"
    "  await notify(user);\n  return user;\n}\n",
    "users.js": "const create = async (name) => {\n%s\n  const user = await store(name);\n  await notify(user);\n"
    "  return user;\n};\n",
    "users.go": "package users\n\nfunc (u *Users) create(name string) (*User, error) {\n%s\n\tuser := store(name)\n"
    "\tnotify(user)\n\treturn user, nil\n}\n",
    "users.rs": "impl Users {\n    pub fn create(&self, name: &str) -> User {\n%s\n        let user = store(name);\n"
    "        notify(&user);\n        user\n    }\n}\n",
    "Users.cs": "class Users\n{\n    public User create(string name)\n    {\n%s\n        var user = Store(name);\n"
    "        Notify(user);\n        return user;\n    }\n}\n",
}

LINES = {"users.ts": 1, "users.js": 1, "users.go": 3, "users.rs": 2, "Users.cs": 3}


@pytest.mark.parametrize("path", SILENT)
def test_a_silent_function_is_named_with_its_line(path: str) -> None:
    (finding,) = judged(path, SILENT[path] % "")

    assert (finding.code, finding.file, finding.line) == ("log-missing", path, LINES[path])
    assert "create has no log call" in finding.message
    assert "[Module:create]" in finding.message


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("users.ts", "console.log('[Users:create] name', name);"),
        ("users.ts", "console.error(`[${MODULE}:create] ${name}`);"),
        ("users.ts", "this.logger.log(`[Users:create] name=${name}`);"),
        ("users.ts", 'logger.info({ name }, "[Users:create] called");'),
        ("users.ts", 'req.log.warn("[Users:create] " + name);'),
        ("users.ts", 'logger.child({ name }).debug("[Users:create] called");'),
        ("users.js", 'requestLogger.info("[Users:create] called");'),
        ("users.go", '\tlog.Printf("[users:create] name=%%s", name)'),
        ("users.go", '\tslog.InfoContext(ctx, "[users:create]", "name", name)'),
        ("users.go", '\tu.logger.Info("[users:Users.create] called", zap.String("name", name))'),
        ("users.go", '\tlog.Info().Str("name", name).Msg("[users:create] called")'),
        ("users.go", '\tlogrus.WithField("name", name).Warnf("[users:create] %%s", name)'),
        ("users.go", '\tzap.L().Error(fmt.Sprintf("[users:create] %%s", name))'),
        ("users.rs", 'tracing::info!(name = %%name, "[users:create] called");'),
        ("users.rs", 'debug!("[users:Users.create] {}", name);'),
        ("users.rs", 'log::error!(target: "users", "[users:create] {name}");'),
        ("Users.cs", '_logger.LogInformation("[Users:create] {Name}", name);'),
        ("Users.cs", 'this.logger.LogError(error, $"[Users:create] {name}");'),
        ("Users.cs", 'Log.Warning(@"[Users:create] {Name}", name);'),
    ],
)
def test_log_calls_with_the_prefix(path: str, call: str) -> None:
    assert judged(path, SILENT[path] % call.replace("%%", "%")) == []


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("users.ts", "console.log('created', name);"),
        ("users.ts", "logger.info('[Users:remove] other');"),
        ("users.go", '\tslog.Info("created")'),
        ("users.rs", 'info!("created");'),
        ("Users.cs", '_logger.LogInformation("created {Name}", name);'),
    ],
)
def test_a_log_call_without_the_prefix_is_told_so(path: str, call: str) -> None:
    (finding,) = judged(path, SILENT[path] % call)

    assert "logs, but no message begins with [Module:create]" in finding.message


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("users.ts", "process.stdout.write('[Users:create]');"),
        ("users.ts", "dialog.info('[Users:create]');"),
        ("users.go", '\tfmt.Println("[users:create]")'),
        ("users.go", '\tcatalog.Print("[users:create]")'),
        ("users.rs", 'println!("[users:create]");'),
        ("Users.cs", 'Console.WriteLine("[Users:create]");'),
        ("Users.cs", 'Dialog.Error("[Users:create]");'),
    ],
)
def test_what_is_no_log_call(path: str, call: str) -> None:
    (finding,) = judged(path, SILENT[path] % call)

    assert "has no log call" in finding.message


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.ts", "export function two(a: number) { const b = a; return b; }"),
        ("a.ts", "class A { get x() { const a = 1; const b = 2; const c = 3; return a; } }"),
        ("a.ts", "class A extends B { constructor(a, b, c) { super(); this.a = a; this.b = b; this.c = c; } }"),
        ("a.ts", "export abstract class A { abstract create(name: string): void; }"),
        ("a.ts", "const sum = (a: number) => a + 1;"),
        ("a.go", "package a\nfunc (e *E) Error() string {\n\ta := 1\n\tb := 2\n\tc := a + b\n\treturn f(c)\n}\n"),
        ("a.rs", "impl fmt::Display for A {\n fn fmt(&self) -> R { let a = 1; let b = 2; let c = 3; w(a, b, c) }\n}"),
        ("a.rs", "#[cfg(test)]\nmod tests {\n fn help() { let a = 1; let b = 2; let c = 3; w(a, b, c); }\n}"),
        ("a.rs", "#[tracing::instrument(err)]\nasync fn a() -> R { let a = 1; let b = 2; let c = 3; w(a, b, c) }"),
        ("a.cs", "class A { A(int b, int c, int d) { _b = b; _c = c; _d = d; } }"),
        ("a.cs", "class A { public override string ToString() { var a = 1; var b = 2; var c = 3; return F(a); } }"),
        ("a.cs", "interface IUsers { User Create(string name); }"),
    ],
)
def test_what_needs_no_log_call(path: str, code: str) -> None:
    assert judged(path, code) == []


@pytest.mark.parametrize(
    ("path", "code", "named"),
    [
        (
            "app.ts",
            "app.post('/users', async (req, res) => { const a = b(); await c(a); res.json(a); });",
            "the handler of app.post('/users')",
        ),
        (
            "main.go",
            'package main\nfunc main() {\n\thttp.HandleFunc("/users", func(w W, r R) {\n\t\ta := b()\n\t\tc(a)\n'
            "\t\td(a)\n\t})\n}\n",
            'the handler of http.HandleFunc("/users")',
        ),
        (
            "Program.cs",
            'app.MapPost("/users", async (User user) => { var a = B(user); C(a); return a; });',
            'the handler of app.MapPost("/users")',
        ),
    ],
)
def test_the_handler_of_a_route_is_judged_and_named_by_its_call(path: str, code: str, named: str) -> None:
    (finding,) = judged(path, code)

    assert finding.message.startswith(f"{named} has no log call")


def test_any_name_will_do_in_the_prefix_of_a_handler() -> None:
    code = "app.post('/users', async (req, res) => { req.log.info('[Users:create]'); const a = b(); res.json(a); });"

    assert judged("app.ts", code) == []


def test_what_hands_all_over_to_a_function_that_logs_needs_no_call_of_its_own() -> None:
    code = """
        export async function create(name: string) {
          const pool = open();
          const user = await pool.transaction(async (tx) => {
            console.log('[Users:create]', name);
            return tx.insert(name);
          });
          return user;
        }
        """

    assert judged("users.ts", code) == []


def test_a_function_inside_one_that_logs_needs_none() -> None:
    code = """
        export function create(name: string) {
          console.log('[Users:create]', name);
          const inner = () => { a(); b(); c(); };
          return inner();
        }
        """

    assert judged("users.ts", code) == []


@pytest.mark.parametrize("path", SILENT)
def test_an_unchanged_function_is_not_judged_nor_one_that_moved_or_was_renamed(path: str) -> None:
    before = SILENT[path] % ""

    assert judged(path, before, before) == []
    assert judged(path, "\n\n" + before.replace("create", "make"), before) == []


@pytest.mark.parametrize("path", SILENT)
def test_a_changed_function_is_judged(path: str) -> None:
    before = SILENT[path] % ""

    assert len(judged(path, before.replace("notify(", "tell(").replace("Notify(", "Tell("), before)) == 1


@pytest.mark.parametrize("path", SILENT)
def test_a_file_that_does_not_parse_is_left_to_the_other_gates(path: str) -> None:
    assert judged(path, (SILENT[path] % "").replace("{", "{{{", 1)) == []


def test_javascript_names_come_from_what_the_function_is_given_to() -> None:
    body = "async (a) => { b(a); c(a); return d(a); }"
    code = f"""
        exports.one = {body};
        const two = asyncHandler({body});
        class Users {{ three = {body}; async four(a) {{ b(a); c(a); return d(a); }} }}
        module.exports = {{ five: {body} }};
        export default {body};
        """

    found = [finding.message.split(" has ")[0] for finding in judged("users.ts", code)]

    assert found == ["one", "two", "Users.three", "Users.four", "five", "default"]
