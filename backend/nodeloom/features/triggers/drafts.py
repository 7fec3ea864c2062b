"""A request shown to the editor that listens: beside the published version's run, the draft gets one too."""

from dataclasses import dataclass

from nodeloom.adapters.database import Database
from nodeloom.features.runs.accept import insert_run
from nodeloom.features.triggers.accept import Arrival
from nodeloom.features.triggers.hook_route import HookRoute
from nodeloom.features.triggers.hook_table import HookTable
from nodeloom.features.triggers.intake import Intake


@dataclass(frozen=True, slots=True)
class Drafts:
    db: Database
    table: HookTable
    intake: Intake

    async def show(self, route: HookRoute, arrival: Arrival) -> None:
        """The caller rings the bell. A draft without a trigger for this request gets none."""
        async with self.db.transaction() as session:
            draft = await self.table.draft_of(session, route)
            run = self.intake.draft_run(draft, arrival) if draft is not None else None
            if run is not None:
                await insert_run(session, run)
