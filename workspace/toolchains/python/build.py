"""What building means for a Python project: every file compiles, and Django accepts its models and settings."""

from backend_developer.workspace.toolchains.base import Step
from backend_developer.workspace.toolchains.python.lint import compile_step
from backend_developer.workspace.toolchains.python.run import Runner


def build_steps(runner: Runner) -> list[Step]:
    """Compile; for Django `check` and a look for models without a migration as well.

    Nothing is imported but by Django: a module may do anything when it is imported, and the runtime gate imports what
    is meant to be.
    """
    steps = [compile_step(runner, "build")]
    if runner.project.is_django:
        python = str(runner.project.interpreter.python)
        migrations = (python, "manage.py", "makemigrations", "--check", "--dry-run", "--no-color", "--skip-checks")
        steps += [
            runner.step("build", "django-check", (python, "manage.py", "check", "--no-color"), runner.django()),
            runner.step("build", "django-migrations", migrations, runner.django()),
        ]
    return steps


def import_step(runner: Runner) -> Step | None:
    """Import the packages and modules that the project offers; None where there are none."""
    names = runner.project.top_level
    if not names:
        return None
    return runner.step("build", "import", runner.module("backend_developer_import", *names))
