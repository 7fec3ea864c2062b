"""From what a connector's trigger saw to events and runs: packed beforehand, written with what they follow from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.ids import new_id
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.triggers.accept import Arrival
from nodeloom.features.triggers.dedupe import short_key
from nodeloom.features.triggers.live import LiveTrigger
from nodeloom.graph.item import ArtifactRef, Item, item_to_document
from nodeloom.graph.json_value import JsonValue
from nodeloom_connectors.sdk import Occurrence

_LONGEST_SUMMARY = 300


@dataclass(frozen=True, slots=True)
class Packed:
    """An occurrence ready to be written; `payload` is its item as `Payloads.pack` gives it."""

    key: str
    summary: str
    json: dict[str, JsonValue]
    payload: bytes
    size: int


async def packed(payloads: Payloads, occurrences: Iterable[Occurrence], title: str) -> list[Packed]:
    """`title` is what those are called that have no summary."""
    return [await _packed(payloads, occurrence, title) for occurrence in occurrences]


def arrivals(trigger: LiveTrigger, kind: str, seen: Sequence[Packed], now: datetime) -> list[Arrival]:
    """An event for each, with its run; for a node that waits, its item instead."""
    return [_arrival(trigger, kind, one, now) for one in seen]


async def _packed(payloads: Payloads, occurrence: Occurrence, title: str) -> Packed:
    files = {name: ArtifactRef(ref.id, ref.name, ref.media_type, ref.size) for name, ref in occurrence.files.items()}
    document = item_to_document(Item(occurrence.json, files))
    size = len(dump_json(occurrence.json)) + sum(file.size for file in files.values())
    return Packed(
        occurrence.key,
        _one_line(occurrence.summary or title),
        occurrence.json,
        await payloads.pack([document]),
        size,
    )


def _arrival(trigger: LiveTrigger, kind: str, seen: Packed, now: datetime) -> Arrival:
    event_id = new_id("evt")
    return Arrival(
        event_id=event_id,
        workspace_id=trigger.workspace_id,
        workflow_id=trigger.workflow_id,
        node_id=trigger.node_id,
        kind=kind,
        subscription_id=trigger.id,
        payload=seen.payload,
        summary=seen.summary,
        size=seen.size,
        received_at=now,
        run=None if trigger.awaited else trigger.run(kind, event_id, seen.payload, now),
        # A draft that is listened to hears what the published version hears too.
        dedupe_key=short_key(f"{'' if trigger.version is not None else 'draft:'}{kind}:{seen.key}"),
        awaited=seen.json if trigger.awaited else None,
    )


def _one_line(text: str) -> str:
    shown = "".join(character if character.isprintable() else " " for character in text)
    return shown[:_LONGEST_SUMMARY].encode(errors="replace").decode()
