"""One need of a person's, answered as the node `scan` answers those of a task, but without a run.

The model names what code for it may be called, the index finds what comes near, the model chooses what serves: two
calls. Where it gives no usable answer, the words and the ranking serve.
"""

from langchain_core.messages import HumanMessage, SystemMessage

from backend_developer.contract.analysis import Names, Usage
from backend_developer.nodes import structured
from backend_developer.nodes.scan_choice import CANDIDATES, choose
from backend_developer.nodes.structured import Asks, Tell
from backend_developer.prompts import render, text
from backend_developer.workspace.index import CodeIndex, Hit, Wanted


async def serving(index: CodeIndex, need: str, project: str, by: Asks, tell: Tell) -> list[Hit]:
    """What serves the need, the best first; `project` is what the model is told of it.

    Raises what the model raises, and `BudgetSpent`.
    """
    messages = [SystemMessage(text("scan_names")), HumanMessage(render("scan_names_task", need=need, project=project))]
    named, usage = await structured.ask(Names, messages, "names", Usage().dump(), by, tell)
    wanted = Wanted(need, tuple(named.names) if named else ())
    (near,) = await index.similar_to_each([wanted], limit=CANDIDATES, least=0.0)
    if not near:
        return []
    (chosen,), _ = await choose([need], [near], usage, by, tell)
    return chosen if chosen is not None else (await index.similar_to_each([wanted]))[0]
