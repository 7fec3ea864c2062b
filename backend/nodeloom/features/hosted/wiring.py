"""What pages stand on, put together for an entry point."""

from arq.connections import ArqRedis

from nodeloom.adapters.database import Database
from nodeloom.adapters.live import Live
from nodeloom.adapters.queue import Bell
from nodeloom.adapters.vault import Vault
from nodeloom.features.hosted.parts import Hosting
from nodeloom.features.hosted.signed import Signed
from nodeloom.features.hosted.throttle import Throttle
from nodeloom.features.runs.answers import Answers
from nodeloom.features.runs.artifacts import Artifacts
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.runs.reading import Reader
from nodeloom.features.triggers.pages import PageTriggers


def hosting(
    *,
    db: Database,
    vault: Vault,
    payloads: Payloads,
    artifacts: Artifacts,
    reader: Reader,
    answers: Answers,
    bell: Bell,
    live: Live,
    redis: ArqRedis,
) -> Hosting:
    return Hosting(
        db=db,
        triggers=PageTriggers(db, payloads, bell, answers.address),
        artifacts=artifacts,
        answers=answers,
        load_answers=reader.lost_answers(db),
        live=live,
        signed=Signed(vault),
        throttle=Throttle(redis),
    )
