"""What both agents are given to do: a small project, a task, and what the scripted model says."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.model_script import Reply, Request, call, fail, say

TASK = "Give the greeting a farewell beside it, and keep the style of the module."
ANALYSIS = {
    "summary": TASK,
    "requirements": ["farewell(name) returns a sentence like greet(name) does"],
    "acceptance": ["farewell('Ada') is 'Goodbye, Ada.'"],
    "plan": ["read app/greeting.py", "add farewell beside greet", "look at the result"],
    "keywords": ["greet", "farewell"],
}
GREETING = '''"""Sentences for people."""

import logging

logger = logging.getLogger(__name__)


def greet(name: str) -> str:
    """A sentence to begin with."""
    logger.info("[greeting:greet] name=%s", name)
    sentence = f"Hello, {name}."
    logger.info("[greeting:greet] said %d characters", len(sentence))
    return sentence
'''
FAREWELL = GREETING[GREETING.index("def greet") :].replace("greet", "farewell").replace("Hello", "Goodbye")
MODULES = 8


@dataclass(frozen=True, slots=True)
class Job:
    """One run of an agent: the calls that the scripted model makes, after the analysis where there is one."""

    name: str
    steps: tuple[Reply, ...]
    ends: str = "success"
    """Status of our report."""

    def reply(self, request: Request) -> Reply:
        """The answer to a request; the conversation says which turn it is."""
        if request.forced:
            return call(request.forced, **ANALYSIS)
        if request.turn < len(self.steps):
            return self.steps[request.turn]
        ours = any(tool["function"]["name"] == "finish" for tool in request.body.get("tools", ()))
        if request.turn == len(self.steps):
            return call("finish", summary="Done.", checks=[]) if ours else say("Done.")
        return fail(400, f"turn {request.turn} is beyond the script")


def nine_calls() -> Job:
    """A small change, as an agent makes one: look, edit, look again, try, finish."""
    head = "import logging\n"
    return Job(
        "nine calls",
        (
            call("grep", pattern="def greet"),
            call("read", path="app/greeting.py"),
            call("read", path="app/module_1.py"),
            _add_farewell(),
            call("read", path="app/greeting.py"),
            call("edit", path="app/module_2.py", old=head, new=f"{head}import math\n"),
            call("edit", path="app/module_2.py", old=f"{head}import math\n", new=head),
            call("bash", command="python3 -c 'from app.greeting import farewell; print(farewell(\"Ada\"))'"),
        ),
    )


def _add_farewell() -> Reply:
    end = "    return sentence\n"
    return call("edit", path="app/greeting.py", old=end, new=f"{end}\n\n{FAREWELL}")


def loop(tool_calls: int) -> Job:
    """Reads and searches in turn, over the same few files; an edit at the end."""
    pair = [
        (call("read", path=f"app/module_{place}.py"), call("grep", pattern=f"handler_{place}_"))
        for place in range(MODULES)
    ]
    cycle = [one for two in pair for one in two]
    steps = [cycle[turn % len(cycle)] for turn in range(tool_calls - 1)]
    return Job(f"{tool_calls} calls", (*steps, _add_farewell()))


def start() -> Job:
    """As short as it can be: nothing is done, which our gates do not let pass."""
    return Job("start", (call("read", path="app/greeting.py"),), ends="failed")


def make_project(root: Path) -> Path:
    """A package of ten small modules, without configured tools: no gate of it costs anything."""
    package = root / "app"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""The package."""\n', encoding="utf-8")
    (package / "greeting.py").write_text(GREETING, encoding="utf-8")
    for place in range(MODULES):
        (package / f"module_{place}.py").write_text(_module(place), encoding="utf-8")
    (root / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\n', encoding="utf-8")
    return root


def task_of(job: Job, number: int, workspace: Path) -> dict[str, Any]:
    """The task for ours; create_agent gets its words."""
    name = f"{job.name.replace(' ', '-')}-{number}"
    return {"task_id": name, "main_task": TASK, "files_involved": ["app/greeting.py"], "workspace": str(workspace)}


def write_json(path: Path, value: Any) -> Path:
    """A file that a process under test is given."""
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def _module(place: int) -> str:
    functions = "\n\n".join(
        f'def handler_{place}_{turn}(value: int) -> int:\n    """Handle {turn}."""\n'
        f'    logger.info("[module_{place}:handler_{place}_{turn}] value=%s", value)\n    return value + {turn}\n'
        for turn in range(4)
    )
    return f'"""Module {place}."""\n\nimport logging\n\nlogger = logging.getLogger(__name__)\n\n\n{functions}'
