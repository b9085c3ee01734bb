"""What the model starts through `bash` ends within its limit, with nothing left alive."""

from tests.support.model_script import Reply, Request, Script
from tests.support.model_server import ModelServer, call
from tests.support.product import CORRECT, Product, alive_in, answers, script

STUBBORN = "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); os.fork(); time.sleep(999)"
GRACE_S = 3.0
DEFAULT_S = 8.0
"""For a command without a limit of its own: it ends by itself."""

CASES: list[tuple[Reply, float, str]] = [
    (call("bash", command="setsid sleep 60 & echo begun"), DEFAULT_S, "begun"),
    (call("bash", command="sleep 999", timeout=1), 1, "ended at its time limit"),
    (call("bash", command=f'python3 -c "{STUBBORN}"', timeout=1), 1, "ended at its time limit"),
    (call("bash", command="(setsid nohup sleep 998 &) ; trap '' TERM; sleep 997", timeout=1), 1, "ended at its time"),
    (call("bash", command="head -c 200000000 /dev/zero | tr '\\0' x"), DEFAULT_S, "xxx"),
    (call("bash", command="head -c 300000 /dev/urandom"), DEFAULT_S, "exit code 0"),
    (call("bash", command="python3 -m http.server 0 --bind 127.0.0.1 & sleep 0.5; echo up"), DEFAULT_S, "up"),
    (call("bash", command="cat"), DEFAULT_S, "exit code 0"),
]


async def test_every_command_ends(product: Product, server: ModelServer) -> None:
    played = Script(script(*(one for one, _, _ in CASES), *CORRECT))
    alive: list[list[str]] = []

    def reply(request: Request) -> Reply:
        if not request.forced:
            alive.append(alive_in(product.workspace))
        return played.reply(request)

    server.play(reply)
    ended = await product.run(server)
    assert (ended.code, ended.report["files_changed"]) == (0, ["shop/prices.py"]), ended.err
    loop = [request.arrived for request in server.requests if not request.forced]
    for (one, limit, said), began, end, answer in zip(CASES, loop, loop[1:], answers(server), strict=False):
        assert end - began < limit + GRACE_S, one.tool_calls
        assert said in answer, answer[:500]
        assert len(answer) < 13_000
    assert len(alive) == len(CASES) + 2
    assert not any(alive), alive
    assert not alive_in(product.workspace)
