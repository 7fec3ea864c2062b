"""A request shown to the editor that listens: beside the published version's run, the draft gets one too."""

from dataclasses import dataclass

import structlog

from nodeloom.adapters.database import Database
from nodeloom.features.runs.accept import insert_run
from nodeloom.features.triggers.accept import Arrival
from nodeloom.features.triggers.hook_route import HookRoute
from nodeloom.features.triggers.hook_table import HookTable
from nodeloom.features.triggers.intake import Intake

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Drafts:
    db: Database
    table: HookTable
    intake: Intake

    async def show(self, route: HookRoute, arrival: Arrival) -> None:
        """The caller rings the bell. A draft without a trigger for this request gets none.

        Never fails: the request is taken in already, and sent again it would be taken in twice.
        """
        try:
            async with self.db.transaction() as session:
                draft = await self.table.draft_of(session, route)
                run = self.intake.draft_run(draft, arrival) if draft is not None else None
                if run is not None:
                    await insert_run(session, run)
        except Exception:
            log.exception("the draft misses a request", workflow_id=route.workflow_id, event_id=arrival.event_id)
