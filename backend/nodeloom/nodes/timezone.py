"""Names of time zones as parameters take them."""

from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"“{name}” is no time zone; use a name such as Europe/Berlin or UTC") from None
    return name


ZoneName: TypeAlias = Annotated[str, AfterValidator(_zone)]
