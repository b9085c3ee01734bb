"""A report that stands is not replaced by what a later call lacks."""

from tests.support.model_server import ModelServer
from tests.support.product import CORRECT, Product, script


async def test_the_report_is_given_without_a_model_and_by_another_way_to_the_folder(
    product: Product, server: ModelServer
) -> None:
    server.play(script(*CORRECT))
    first = await product.run(server)
    assert first.code == 0, first.err

    product.environment["BACKEND_DEVELOPER_API_KEY"] = ""
    without_key = await product.call("run", product.task())
    assert (without_key.code, without_key.report) == (0, first.report), without_key.err

    link = product.workspace.with_name("link")
    link.symlink_to(product.workspace)
    by_link = await product.call("run", product.task(workspace=str(link)))
    assert (by_link.code, by_link.report) == (0, first.report), by_link.err


async def test_another_task_of_the_same_name_does_not_take_its_place(product: Product, server: ModelServer) -> None:
    server.play(script(*CORRECT))
    first = await product.run(server)
    other = await product.run(server, product.task(main_task="Add a surcharge"))
    assert (other.code, other.report["errors"][0]["code"]) == (2, "invalid-task")
    assert (await product.show())["report"] == first.report
