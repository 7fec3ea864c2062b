"""What the triggers choose by: who did it, where, and whether it was this app itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import AfterValidator, Field, JsonValue

from nodeloom_connectors.sdk import AppEvent, Occurrence, OptionsFrom

_SUMMARY = 140


def _by_id(given: str) -> str:
    if given.startswith("#"):
        raise ValueError("Choose the channel from the list: events name it by its id alone.")
    return given


def chosen_channel(title: str = "Channel") -> Any:
    return Field(default=None, title=title, description="Empty: wherever the app is.", max_length=200)


WatchedChannel = Annotated[str | None, OptionsFrom("channels"), AfterValidator(lambda given: given and _by_id(given))]
WatchedPerson = Annotated[str | None, OptionsFrom("users")]


IncludeOwn = Annotated[
    bool,
    Field(
        title="What the app itself does, too",
        description="Careful: a workflow that answers to its own messages never ends.",
        json_schema_extra={"x-advanced": True},
    ),
]


def event_of(given: AppEvent, kind: str) -> Mapping[str, JsonValue] | None:
    """The event inside, if it is of this kind."""
    event = mapping(given.payload.get("event"))
    return event if event.get("type") == kind else None


def is_own(given: AppEvent, event: Mapping[str, JsonValue]) -> bool:
    """Whether this app did it: events name the app at its messages, and else the bot user as whom it acts."""
    app = given.payload.get("api_app_id")
    written_by = event.get("app_id") or mapping(event.get("bot_profile")).get("app_id")
    if app and written_by == app:
        return True
    return actor_of(event) in _own_users(given)


def actor_of(event: Mapping[str, JsonValue]) -> str:
    """The id of whoever did it; some events hold a whole person in this place."""
    user = event.get("user") or event.get("user_id") or mapping(event.get("channel")).get("creator")
    return text(mapping(user).get("id")) if isinstance(user, Mapping) else text(user)


def _own_users(given: AppEvent) -> set[str]:
    authorizations = given.payload.get("authorizations")
    listed = authorizations if isinstance(authorizations, list) else []
    places = [mapping(authorization) for authorization in listed]
    return {text(place.get("user_id")) for place in places if place.get("is_bot") is True} - {""}


def occurrence(given: AppEvent, item: Mapping[str, JsonValue], summary: str) -> Occurrence:
    """The event's own fields, with those of its envelope that say when and where it came from."""
    told: dict[str, JsonValue] = {
        **item,
        "team_id": given.payload.get("team_id"),
        "event_id": given.key,
        "event_time": given.payload.get("event_time"),
    }
    return Occurrence(given.key, told, summary=" ".join(summary.split())[:_SUMMARY])


def mapping(value: JsonValue) -> Mapping[str, JsonValue]:
    return cast("Mapping[str, JsonValue]", value) if isinstance(value, Mapping) else {}


def text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
