"""The workspace's colours and name on its pages, and the routes that set them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.problem import ApiProblem
from nodeloom.features.accounts import repository as accounts
from nodeloom.features.accounts.caller import Admin, Caller, Viewer
from nodeloom.features.accounts.requests import ReadSession, WriteSession
from nodeloom.features.audit import trail
from nodeloom.features.hosted import colour
from nodeloom.features.hosted.models import PageLook

router = APIRouter(tags=["pages"])

ACCENT: Final = "#3a46bd"

Brand = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60, pattern=r"^[^\x00-\x1f]*$")]


class PageLookWrite(BaseModel):
    """`accent` as #rrggbb; `brand` stands at the top of every page, nothing if it is empty."""

    model_config = ConfigDict(extra="forbid")

    accent: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
    brand: Brand


class PageLookRead(BaseModel):
    """`accent_on_dark` is what the accent becomes on the dark page; `updated_at` None: nobody has set anything."""

    accent: str
    accent_on_dark: str
    brand: str
    updated_at: datetime | None


class ColourTooFaint(ApiProblem):
    status = 422
    code = "colour_too_faint"
    title = "The accent colour can't be read on a white page"


@dataclass(frozen=True, slots=True)
class Look:
    accent: str
    brand: str
    updated_at: datetime | None = None

    @property
    def accent_on_dark(self) -> str:
        return colour.on_dark(self.accent)


async def look_of(session: AsyncSession, workspace_id: str) -> Look:
    row = await session.get(PageLook, workspace_id)
    if row is not None:
        return Look(row.accent, row.brand, row.updated_at)
    workspace = await accounts.workspace(session, workspace_id)
    return Look(ACCENT, workspace.name if workspace is not None else "")


async def change(session: AsyncSession, caller: Caller, wanted: PageLookWrite) -> Look:
    accent = wanted.accent.lower()
    found = colour.contrast(accent, colour.LIGHT)
    if found < colour.READABLE:
        raise ColourTooFaint(
            f"{accent} on white has a contrast of {found:.1f} to 1; text and buttons need {colour.READABLE} to 1.",
            hint=f"Choose a darker one: {colour.readable_on_light(accent)} is the nearest that can be read.",
        )
    now = clock.now()
    row = PageLook(workspace_id=caller.workspace_id, accent=accent, brand=wanted.brand, updated_at=now)
    await session.merge(row)
    detail = {"accent": accent, "brand": wanted.brand}
    await trail.record(session, caller, "page_look.changed", "workspace", caller.workspace_id, detail)
    return Look(accent, wanted.brand, now)


@router.get("/page-look")
async def get_page_look(caller: Viewer, session: ReadSession) -> PageLookRead:
    """How the workspace's forms and chats look."""
    return PageLookRead.model_validate(await look_of(session, caller.workspace_id), from_attributes=True)


@router.put("/page-look")
async def set_page_look(caller: Admin, body: PageLookWrite, session: WriteSession) -> PageLookRead:
    """Refused where the colour can't be read on the light page; on the dark one it is made lighter by itself."""
    return PageLookRead.model_validate(await change(session, caller, body), from_attributes=True)
