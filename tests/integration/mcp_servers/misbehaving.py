"""An MCP server on standard input and output that misbehaves as its first argument says."""

import json
import os
import sys
import time

MODE = sys.argv[1]
TOOLS = ["resolve_library_id", "get_library_context"]


def out(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say(identity: object, result: dict[str, object]) -> None:
    out(json.dumps({"jsonrpc": "2.0", "id": identity, "result": result}))


def answer(identity: object) -> None:
    sys.stderr.write("asked\n")
    text = "public answer \x1b[31mred\x1b[0m\x07"
    if MODE == "dies":
        os._exit(3)
    if MODE == "hangs":
        time.sleep(600)
    if MODE == "huge":
        text = "x" * 10_000_000
    if MODE == "too-long":
        text = "x" * 33_000_000
    if MODE == "polite":
        text = "Error fetching library context. Please try again later. TypeError: fetch failed"
    if MODE == "garbage":
        out('not json at all\n{"half": \n\x00\xff')
    say(identity, {"content": [{"type": "text", "text": text}], "isError": MODE == "error"})


def main() -> None:
    if MODE == "exits":
        sys.exit("no thanks")
    if MODE == "never-starts":
        time.sleep(600)
    if MODE == "garbage":
        out("Welcome to the server!")
    for line in sys.stdin:
        message = json.loads(line)
        method = message.get("method")
        if method == "initialize":
            version = message["params"]["protocolVersion"]
            info = {"name": "odd", "version": "1"}
            say(message["id"], {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": info})
        elif method == "tools/list":
            schema = {"type": "object"}
            say(message["id"], {"tools": [{"name": name, "inputSchema": schema} for name in TOOLS]})
        elif method == "tools/call":
            answer(message["id"])


main()
