"""A panic that the service recovers from is placed where it was raised, not where it was caught."""

from backend_developer.workspace.services.panics import find_panic

LOG = """2026/01/02 03:04:05 [users:serve] panic recovered: no users
goroutine 7 [running]:
runtime/debug.Stack()
\t/go/src/runtime/debug/stack.go:26 +0x5e
example.com/users.serve.func1()
\t/srv/handler.go:24 +0x6c
panic({0x6a1f40?, 0x7b2c10?})
\t/go/src/runtime/panic.go:783 +0x132
example.com/users.serve({0x7b4f28, 0xc0001a2000})
\t/srv/handler.go:31 +0x1a5
""".splitlines()


def test_a_recovered_panic_is_placed_where_it_was_raised() -> None:
    found = find_panic(LOG, 0, lambda file: file.removeprefix("/srv/") if file.startswith("/srv/") else None)
    assert found is not None
    assert (found.file, found.line) == ("handler.go", 31)
