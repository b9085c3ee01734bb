import json
from pathlib import Path

import pytest

from backend_developer.contract import NoToolchain
from backend_developer.contract.ports import Outcome
from backend_developer.workspace.toolchains.base import Package, Step
from backend_developer.workspace.toolchains.go.project import GoModule, find_packages
from backend_developer.workspace.toolchains.go.toolchain import GoToolchain

HERE = Package("go", ".")


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GoToolchain:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("go", "gofmt"):
        (programs / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(programs))
    return GoToolchain(tmp_path / "scratch", tmp_path / "cache")


def _write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root / "project"


def _outcome(tmp_path: Path, text: str, exit_code: int = 1) -> Outcome:
    (tmp_path / "log").write_text(text)
    return Outcome("go", exit_code, False, 0.1, text, tmp_path / "log")


def _serving(body: str) -> dict[str, str]:
    main = f'package main\n\nimport (\n\t"net/http"\n)\n\nfunc main() {{\n{body}\nhttp.ListenAndServe(addr, nil)\n}}\n'
    return {"go.mod": "module example.com/shop\n", "cmd/api/main.go": main}


def test_each_module_is_gated_once_and_one_that_go_work_leaves_out_alone(tmp_path: Path) -> None:
    files = dict.fromkeys(("a/go.mod", "b/go.mod", "a/testdata/go.mod", "examples/go.mod"), "module x\n")
    root = _write(tmp_path, {**files, "go.work": "go 1.22\n\nuse (\n\t./a // the service\n)\n"})
    assert [package.root for package in find_packages(root)] == ["a", "b"]
    assert [GoModule(root, package).is_left_out for package in find_packages(root)] == [False, True]


@pytest.mark.parametrize(
    ("body", "flags", "env"),
    [
        ('addr := ":" + os.Getenv("PORT")', (), {"PORT": "{port}"}),
        ('addr := os.Getenv("SHOP_LISTEN_ADDR"); x := os.Getenv("DB_PORT")', (), {}),
        ('addr := os.Getenv("HTTP_ADDR")', (), {"HTTP_ADDR": "127.0.0.1:{port}"}),
        ('port := flag.Int("port", 8080, "")', ("-port", "{port}"), {}),
        ('flag.StringVar(&addr, "addr", ":8080", "")', ("-addr", "127.0.0.1:{port}"), {}),
    ],
)
def test_the_port_goes_by_variable_or_flag(
    go: GoToolchain, tmp_path: Path, body: str, flags: tuple[str, ...], env: dict[str, str]
) -> None:
    root = _write(tmp_path, _serving(body))
    (spec,) = go.services(root, HERE)
    assert spec.framework == "net/http"
    assert spec.argv[1:] == flags
    assert env.items() <= spec.env.items()
    assert "DB_PORT" not in spec.env
    assert spec.prepare[0][-1] == "./cmd/api"
    assert not Path(spec.argv[0]).is_relative_to(root)


def test_a_program_that_serves_through_another_package_of_the_module_is_a_service(
    go: GoToolchain, tmp_path: Path
) -> None:
    files = {
        "go.mod": "module example.com/shop\n\nrequire github.com/jackc/pgx/v5 v5.7.0\n",
        "cmd/tool/main.go": 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println() }\n',
        "cmd/shop/main.go": 'package main\n\nimport "example.com/shop/web"\n\nfunc main() { web.Serve() }\n',
        "web/web.go": 'package web\n\nimport "github.com/gin-gonic/gin"\n\nvar dsn = os.Getenv("SHOP_DB_URL")\n'
        "func Serve() { gin.New().Run() }\n",
    }
    (spec,) = go.services(_write(tmp_path, files), HERE)
    assert (spec.framework, spec.prepare[0][-1], spec.wants_database) == ("gin", "./cmd/shop", True)
    assert spec.env["SHOP_DB_URL"] == "{database_url}"


def test_golangci_lint_is_run_where_it_is_configured_and_then_it_must_be_there(go: GoToolchain, tmp_path: Path) -> None:
    root = _write(tmp_path, {"go.mod": "module x\n"})
    assert [step.tool for step in go.steps(root, HERE, "lint")] == ["gofmt", "vet"]
    _write(tmp_path, {".golangci.yml": "version: '2'\n"})
    with pytest.raises(NoToolchain, match="golangci-lint"):
        go.steps(root, HERE, "lint")
    (tmp_path / "programs" / "golangci-lint").touch(mode=0o755)
    *_, step = go.steps(root, HERE, "lint")
    issue = {"FromLinter": "errcheck", "Text": "not checked", "Pos": {"Filename": "a.go", "Line": 3}}
    (finding,) = go.findings(step, _outcome(tmp_path, json.dumps({"Issues": [issue]})), root)
    assert (finding.code, finding.file, finding.line) == ("errcheck", "a.go", 3)


def test_without_go_it_is_blocked_with_the_way_to_get_it(
    go: GoToolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(NoToolchain, match="Install Go"):
        go.steps(_write(tmp_path, {"go.mod": "module x\n"}), HERE, "build")


def test_dependencies_that_are_not_downloaded_are_blocked_with_the_command(go: GoToolchain, tmp_path: Path) -> None:
    step = Step("build", "go", ("go",), HERE)
    text = "main.go:3:8: x@v1.0.0: module lookup disabled by GOPROXY=off\n"
    with pytest.raises(NoToolchain, match="go mod download"):
        go.findings(step, _outcome(tmp_path, text), tmp_path)


def test_some_tests_alone_are_named_by_package_and_function(go: GoToolchain) -> None:
    step = Step("tests", "go-test", ("go", "test", "-json", "./..."), HERE)
    again = go.only(step, ["example.com/shop.TestA/sub.x", "example.com/shop/web.TestB"])
    assert again.argv[3:] == ("-run", "^(?:TestA|TestB)$", "example.com/shop", "example.com/shop/web")


def test_which_files_are_tests(go: GoToolchain) -> None:
    assert [go.is_test(path) for path in ("a/x_test.go", "a/testdata/in.go", "a/attest.go")] == [True, True, False]
