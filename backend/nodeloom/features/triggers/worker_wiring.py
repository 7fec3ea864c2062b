"""What workers do for triggers: events that runs send, failures that start runs, events that nodes wait for."""

from nodeloom.expressions.sandbox import Sandbox
from nodeloom.features.runs.asks import on_ask
from nodeloom.features.runs.closings import on_failed
from nodeloom.features.runs.payloads import Payloads
from nodeloom.features.triggers.awaiting import Awaiting
from nodeloom.features.triggers.emissions import Emissions
from nodeloom.features.triggers.event_filter import Filters
from nodeloom.features.triggers.failures import Failures
from nodeloom.features.triggers.live import LiveTriggers
from nodeloom.features.triggers.remote.registrations import follow_connections
from nodeloom.nodes.node_type import EventAwaited, EventSent


def follow_runs(payloads: Payloads, sandbox: Sandbox, public_url: str) -> None:
    """To be called by every process that drives runs, before it claims one."""
    live = LiveTriggers()
    failures = Failures(payloads, live, public_url)
    on_ask(EventSent, Emissions(live, Filters(sandbox), failures))
    on_ask(EventAwaited, Awaiting(payloads))
    on_failed("triggers", failures.of_runs)
    follow_connections()
