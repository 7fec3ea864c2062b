"""Are the settings of the nodes and of the whole graph within their ranges?"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from nodeloom.compiler.draft import Draft
from nodeloom.graph.document import GraphSettings, NodeSettings, Retry
from nodeloom.graph.problem import Problem

MOST_ATTEMPTS = 100


def check_settings(draft: Draft) -> Iterator[Problem]:
    for field, message, hint in _graph_faults(draft.graph.settings):
        yield Problem("error", "invalid_setting", message, hint, field=f"settings.{field}")
    for node_id, drawn in draft.nodes.items():
        for field, message, hint in _node_faults(drawn.node.settings):
            said = f"“{drawn.node.title}”: {message}"
            yield Problem("error", "invalid_setting", said, hint, node_id=node_id, field=f"settings.{field}")


def is_time_zone(name: str) -> bool:
    """Whether the name is in the IANA database, such as Europe/Berlin."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a name at all, a folder of names
        return False
    return True


def _graph_faults(settings: GraphSettings) -> Iterator[tuple[str, str, str]]:
    if not is_time_zone(settings.timezone):
        yield (
            "timezone",
            f"There is no time zone {settings.timezone!r}.",
            "Choose one from the list, such as Europe/Berlin or UTC.",
        )
    if settings.timeout_s is not None and settings.timeout_s <= 0:
        yield "timeout_s", "A run needs more than 0 seconds.", "Give it more time, or leave the limit empty."
    if settings.max_concurrent_runs is not None and settings.max_concurrent_runs < 1:
        yield (
            "max_concurrent_runs",
            "With fewer than one run at a time nothing would ever run.",
            "Allow one or more, or leave the limit empty.",
        )


def _node_faults(settings: NodeSettings) -> Iterator[tuple[str, str, str]]:
    if settings.timeout_s is not None and settings.timeout_s <= 0:
        yield "timeout_s", "an attempt needs more than 0 seconds.", "Give it more time, or leave the limit empty."
    if settings.retry is not None:
        yield from _retry_faults(settings.retry)


def _retry_faults(retry: Retry) -> Iterator[tuple[str, str, str]]:
    if not 1 <= retry.max_attempts <= MOST_ATTEMPTS:
        yield (
            "retry.max_attempts",
            f"the number of attempts is {retry.max_attempts}.",
            f"Choose 1 (no second try) to {MOST_ATTEMPTS}.",
        )
    if retry.base_s < 0:
        yield "retry.base_s", "the first wait can't be negative.", "Choose 0 seconds or more."
    if retry.factor < 1:
        yield "retry.factor", "the waits between attempts can't shrink.", "Choose a factor of 1 or more."
    if retry.max_s < 0:
        yield "retry.max_s", "the longest wait can't be negative.", "Choose 0 seconds or more."
