"""Each kind of migrations behind one door, so that the gate proves them all alike."""

import asyncio
import logging
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from backend_developer.contract import EnvironmentBroken
from backend_developer.contract.ports import Outcome
from backend_developer.nodes.context import Context
from backend_developer.workspace.migrations.apply import apply_down, apply_up
from backend_developer.workspace.migrations.failure import Failure
from backend_developer.workspace.migrations.rendered import Rendered
from backend_developer.workspace.migrations.sql import SqlMigration
from backend_developer.workspace.migrations.tool import Command, ToolMigrations, failure_of
from backend_developer.workspace.toolchains.files import read_text
from backend_developer.workspace.toolchains.placeholders import fill_all

logger = logging.getLogger(__name__)


class Migrator(Protocol):
    """Applies one set of migrations; each method returns what failed. All raise `NoDatabase` or `CallFailed`."""

    @property
    def name(self) -> str:
        """What it is called in evidence."""
        ...

    @property
    def files(self) -> tuple[str, ...]:
        """The files that the task touched."""
        ...

    @property
    def rewritten(self) -> Sequence[str]:
        """Those of before that read otherwise now."""
        ...

    @property
    def deleted(self) -> Sequence[str]:
        """Those of before that are gone."""
        ...

    @property
    def knows_before(self) -> bool:
        """Whether there is a state before the task to be had."""
        ...

    @property
    def reversible(self) -> bool:
        """Whether there is a way back to try."""
        ...

    async def before(self, url: str) -> Failure | None:
        """The schema as it was before the task, on an empty database."""
        ...

    async def new(self, url: str) -> Failure | None:
        """What the task added, on top of `before`."""
        ...

    async def all(self, url: str) -> Failure | None:
        """Everything as it is now, on an empty database."""
        ...

    async def down(self, url: str) -> Failure | None:
        """Back from what the task added."""
        ...

    async def again(self, url: str) -> Failure | None:
        """Forward again after `down`."""
        ...

    async def render(self, url: str) -> tuple[list[Rendered], list[str]]:
        """The SQL of touched files that are no SQL, on the state `before`; and why that of some cannot be told."""
        ...


@dataclass(frozen=True)
class SqlMigrator:
    """Plain SQL files of one folder, applied by ourselves."""

    name: str
    files: tuple[str, ...]
    old: Sequence[SqlMigration]
    now: Sequence[SqlMigration]
    editable: bool = False
    """Whether its files may be rewritten: scripts that a database begins with, not steps that are applied once."""

    @property
    def added(self) -> list[SqlMigration]:
        """Those that the folder did not have before."""
        known = {one.file for one in self.old}
        return [one for one in self.now if one.file not in known]

    @property
    def rewritten(self) -> list[str]:
        """Those of before that read otherwise now."""
        texts = {one.file: one.text for one in self.now}
        changed = [one.file for one in self.old if one.file in texts and texts[one.file] != one.text]
        return [] if self.editable else changed

    @property
    def deleted(self) -> list[str]:
        """Those of before that are gone."""
        kept = {one.file for one in self.now}
        return [] if self.editable else [one.file for one in self.old if one.file not in kept]

    @property
    def knows_before(self) -> bool:
        """Always: the old texts are kept."""
        return True

    @property
    def reversible(self) -> bool:
        """Whether every new one says how to go back."""
        return bool(self.added) and all(one.down is not None for one in self.added)

    async def before(self, url: str) -> Failure | None:
        """The files as they were."""
        return await apply_up(url, self.old)

    async def new(self, url: str) -> Failure | None:
        """The new files."""
        return await apply_up(url, self.added)

    async def all(self, url: str) -> Failure | None:
        """All files as they are."""
        return await apply_up(url, self.now)

    async def down(self, url: str) -> Failure | None:
        """The way back of the new files."""
        return await apply_down(url, self.added)

    async def again(self, url: str) -> Failure | None:
        """The new files once more."""
        return await apply_up(url, self.added)

    async def render(self, url: str) -> tuple[list[Rendered], list[str]]:
        """Nothing: they are SQL."""
        return [], []


@dataclass(frozen=True)
class ToolMigrator:
    """Migrations that the project's own tool applies."""

    context: Context
    tool: ToolMigrations
    outcomes: list[Outcome] = field(default_factory=list)
    """How its commands ended, for the evidence."""

    @property
    def name(self) -> str:
        """The tool's name."""
        return self.tool.name

    @property
    def files(self) -> tuple[str, ...]:
        """The migrations that the task touched."""
        return self.tool.files

    @property
    def rewritten(self) -> tuple[str, ...]:
        """Those of before that the task wrote anew."""
        return self.tool.rewritten

    @property
    def deleted(self) -> tuple[str, ...]:
        """Those of before that are gone."""
        return self.tool.deleted

    @property
    def knows_before(self) -> bool:
        """Whether what the tool would apply up to there is still as it was."""
        return self.tool.before is not None

    @property
    def reversible(self) -> bool:
        """Whether the task added a migration to go back from."""
        return bool(self.tool.back)

    async def before(self, url: str) -> Failure | None:
        """Up to the last one that was there before."""
        return await self._run(self.tool.before or (), url)

    async def new(self, url: str) -> Failure | None:
        """Up to the newest."""
        return await self._run(self.tool.now, url)

    async def all(self, url: str) -> Failure | None:
        """Up to the newest."""
        return await self._run(self.tool.now, url)

    async def down(self, url: str) -> Failure | None:
        """Back to the last one that was there before."""
        return await self._run(self.tool.back, url)

    async def again(self, url: str) -> Failure | None:
        """Up to the newest."""
        return await self._run(self.tool.now, url)

    async def render(self, url: str) -> tuple[list[Rendered], list[str]]:
        """What the tool prints for each file; one that reads data cannot be told so."""
        rendered, reasons = [], []
        place = self.tool.runner.folder / "rendered.sql"
        for file, argv in self.tool.sql.items():
            # Beside the output, in which the project's log lines stand between those of the SQL.
            outcome = await self._call(f"{shlex.join(argv)} > {shlex.quote(str(place))}", url)
            if outcome.ok:
                text = await asyncio.to_thread(read_text, place)
                rendered.append(Rendered(file, text, self.tool.revisions.get(file)))
            else:
                logger.warning("%s cannot be rendered: %s", file, outcome.output[-500:])
                last = (outcome.output.strip().splitlines() or ["no output"])[-1]
                reasons.append(
                    f"squawk was not asked about {file}, whose SQL cannot be told without running it: {last}"
                )
        return rendered, reasons

    async def _run(self, commands: Sequence[Command], url: str) -> Failure | None:
        for argv in commands:
            outcome = await self._call(argv, url)
            self.outcomes.append(outcome)
            if f"No module named {self.name}" in outcome.output or f"No module named '{self.name}'" in outcome.output:
                raise EnvironmentBroken(
                    f"{self.name} is not installed for {argv[0]}.",
                    f"{argv[0]} -m pip install {self.name}",
                    source="database",
                )
            if failure := failure_of(self.tool, outcome, outcome.output):
                return failure
        return None

    async def _call(self, command: Command | str, url: str) -> Outcome:
        runner = self.tool.runner
        await asyncio.to_thread(partial(runner.folder.mkdir, parents=True, exist_ok=True))
        return await self.context.commands.run(
            command,
            cwd=runner.project.folder,
            env=self._environment(url),
            timeout_s=self.context.settings.gate_timeout_s,
            writable=(runner.folder,),
        )

    def _environment(self, url: str) -> Mapping[str, str]:
        return fill_all({**self.tool.runner.environment(), **self.tool.env}, database_url=url)
