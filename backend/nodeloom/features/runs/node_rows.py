"""The rows that tell what became of each node, kept until the journal writes them, and shown to whoever watches."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nodeloom.adapters import clock
from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.masking import masked
from nodeloom.features.runs.asks import AskRow
from nodeloom.features.runs.payloads import Payloads, output_document
from nodeloom.features.runs.rows import Row
from nodeloom.features.runs.state import Asked, Asleep, Done, NodeEnd, RunState, Started
from nodeloom.features.runs.views import Announcer
from nodeloom.graph.scope import NodeKey, format_path
from nodeloom.nodes.events import event_json
from nodeloom.nodes.node_type import ApprovalAsked, EventSent


@dataclass(slots=True)
class NodeRows:
    run: Row
    state: RunState
    payloads: Payloads
    announcer: Announcer
    open: set[NodeKey] = field(default_factory=set[NodeKey])
    """Nodes that began in this drive and have not come to an end, nor to sleep."""

    def begin(self, key: NodeKey, now: datetime, items_in: int) -> None:
        self.state.seq += 1
        # A node that slept goes on: it began when it began.
        slept = self.state.started.get(key) if key in self.state.resumptions else None
        self.state.started[key] = Started(slept.at if slept is not None else now, self.state.seq, items_in)
        self.open.add(key)

    def announce_begin(self, key: NodeKey) -> None:
        if self.announcer.watched(self.run):
            self.announcer.node(self.run, self._row(key, "running"))

    async def end(self, key: NodeKey, status: str, end: NodeEnd) -> None:
        self.open.discard(key)
        row = self._row(key, status)
        row["attempt"] = end.attempt
        if isinstance(end, Asleep):
            row.update(waiting_reason=end.reason, waiting_until=end.until)
        else:
            row["finished_at"] = clock.now()
        if isinstance(end, Done):
            taken = [port for port, items in end.ports.items() if items]
            counts = {port: len(items) for port, items in end.ports.items()}
            row["items_out"], row["ports"] = sum(counts.values()), dump_json(counts)
            row["port"] = taken[0] if len(taken) == 1 else None
            row["output"] = await self.payloads.pack(output_document(end.ports, end.answer))
        self.state.log.ended(key, end)
        if end.error is not None:
            row["error"] = dump_json(masked(end.error))
        asks = [await self._prepared(asked) for asked in end.asks] if isinstance(end, Done | Asleep) else ()
        # At once, one after the other: a write that comes between would part the row from what it asks for.
        self._keep(key, row)
        self.state.asks.extend(self._asked(key, asks))

    async def _prepared(self, asked: Asked) -> Asked:
        """With what may be stored of it: secrets of the run are known here and nowhere else."""
        match asked.ask:
            case EventSent(_, payload):
                return asked._replace(made=await self.payloads.pack([{"json": event_json(payload)}]))
            case ApprovalAsked(message):
                return asked._replace(made=masked(message))
            case _:
                return asked

    def _asked(self, key: NodeKey, asks: Sequence[Asked]) -> Iterator[AskRow]:
        node_id, path = key
        run = self.run
        for index, ask, made in asks:
            yield AskRow(
                run_id=run["id"],
                workspace_id=run["workspace_id"],
                workflow_id=run["workflow_id"],
                workflow_name=run["workflow_name"],
                version=run["version"],
                root_run_id=run["root_run_id"] or run["id"],
                depth=run["depth"] or 0,
                run_created_at=run["created_at"],
                node_id=node_id,
                path=format_path(path),
                index=index,
                ask=ask,
                made=made,
                at=clock.now(),
            )

    def skip(self, keys: Iterable[NodeKey]) -> None:
        for key in keys:
            self.begin(key, clock.now(), 0)
            self.open.discard(key)
            self._keep(key, self._row(key, "skipped") | {"started_at": None})

    def checkpoint(self) -> None:
        """Have the next write also say what is being worked on."""
        for key in self.open:
            self.state.node_rows.setdefault(key, self._row(key, "running"))

    def close(self) -> None:
        """The run ended before these nodes did."""
        for key in (*self.open, *self.state.asleep):
            self._keep(key, self._row(key, "cancelled") | {"finished_at": clock.now()})

    def _keep(self, key: NodeKey, row: dict[str, Any]) -> None:
        self.state.node_rows[key] = row
        self.announcer.node(self.run, row)

    def _row(self, key: NodeKey, status: str) -> dict[str, Any]:
        node_id, path = key
        started = self.state.started[key]
        return {
            "run_id": self.run["id"],
            "node_id": node_id,
            "path": format_path(path),
            "workspace_id": self.run["workspace_id"],
            "seq": started.seq,
            "status": status,
            "waiting_reason": None,
            "waiting_until": None,
            "attempt": 1,
            "started_at": started.at,
            "finished_at": None,
            "items_in": started.items_in,
            "items_out": 0,
            "port": None,
            "ports": None,
            "output": None,
            "error": None,
        }
