"""The kinds of things that members are told of, and where they hear of each unless they say otherwise."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "workflow_failing", "workflow_works_again", "connection_broken", "trigger_broken", "approval", "outcome"
]


@dataclass(frozen=True)
class KindOfNotice:
    """`link_label` is what the link in a letter is called."""

    title: str
    description: str
    link_label: str
    by_mail: bool = True


KINDS: Final[dict[Kind, KindOfNotice]] = {
    "workflow_failing": KindOfNotice(
        "A workflow began to fail",
        "The first failed run of a published workflow after one that succeeded, not each of them.",
        "Look at the run",
    ),
    "workflow_works_again": KindOfNotice(
        "A workflow works again", "The first run that succeeded after it failed.", "Look at the run", by_mail=False
    ),
    "connection_broken": KindOfNotice(
        "A connection broke", "A service no longer takes the account.", "Look at the connection"
    ),
    "trigger_broken": KindOfNotice(
        "A trigger does not listen", "A service refuses what a published trigger needs.", "Look at the trigger"
    ),
    "approval": KindOfNotice("An approval waits", "A run asks for your decision.", "Decide"),
    "outcome": KindOfNotice(
        "An outcome is unknown", "Nobody can tell whether something outside happened: you have to look.", "Settle it"
    ),
}
