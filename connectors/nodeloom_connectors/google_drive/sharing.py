"""Who may see a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from nodeloom_connectors.google_drive.client import WRITE, DriveClient
from nodeloom_connectors.google_drive.keeping import FileParams
from nodeloom_connectors.sdk import ActionContext, OptionsFrom, Refused, action

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELDS = "id,type,role,emailAddress,domain"


class Permission(BaseModel):
    id: str = Field(title="Id")
    type: str = Field(title="Kind of whom it is for")
    role: str = Field(title="Role")
    email: str | None = Field(title="Address")


class ShareParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file_id: Annotated[str, OptionsFrom("files")] = Field(
        title="File", min_length=1, max_length=200, examples=["{{ $json.id }}"]
    )
    who: Literal["user", "group", "domain", "anyone"] = Field(
        default="user",
        title="With",
        json_schema_extra={
            "x-labels": {
                "user": "A person",
                "group": "A group",
                "domain": "Everybody of a domain",
                "anyone": "Everybody who has the link",
            }
        },
    )
    email: str = Field(
        default="",
        title="Address or domain",
        max_length=300,
        examples=["ada@example.com"],
        json_schema_extra={"x-show-if": {"who": ["user", "group", "domain"]}},
    )
    role: Literal["reader", "commenter", "writer"] = Field(
        default="reader",
        title="May",
        json_schema_extra={"x-labels": {"reader": "Read", "commenter": "Comment", "writer": "Change"}},
    )
    tell: bool = Field(default=True, title="Tell by mail", json_schema_extra={"x-show-if": {"who": ["user", "group"]}})
    message: str = Field(
        default="",
        title="Message in the mail",
        max_length=5000,
        json_schema_extra={"x-widget": "multiline", "x-show-if": {"tell": [True]}},
    )


async def _shared_before(ctx: ActionContext[DriveClient], params: ShareParams) -> Permission | None:
    wanted = (params.who, params.role, _whom(params).lower())
    for permission in await _permissions(ctx.client, params.file_id):
        if (permission.type, permission.role, (permission.email or "").lower()) == wanted:
            return permission
    return None


@action(
    title="Share a file",
    effect="once",
    summary="{file_id} with {email}|{file_id}",
    icon="user-plus",
    confirm=_shared_before,
    scopes=(WRITE,),
)
async def share(ctx: ActionContext[DriveClient], params: ShareParams) -> Permission:
    """Lets a person, a group or everybody see or change a file or folder."""
    body: dict[str, Any] = {"type": params.who, "role": params.role}
    if params.who != "anyone":
        body["domain" if params.who == "domain" else "emailAddress"] = _whom(params)
    by_mail = params.who in ("user", "group")
    given = await ctx.client.call(
        "permissions.create",
        fileId=params.file_id,
        body=body,
        fields=_FIELDS,
        supportsAllDrives=True,
        sendNotificationEmail=params.tell if by_mail else None,
        emailMessage=params.message if by_mail and params.tell and params.message else None,
    )
    return _permission(given)


@action(title="List who may see a file", effect="read", summary="{file_id}", icon="users", scopes=(WRITE,))
async def list_permissions(ctx: ActionContext[DriveClient], params: FileParams) -> list[Permission]:
    """The shares of a file or folder, one item each."""
    return await _permissions(ctx.client, params.file_id)


async def _permissions(client: DriveClient, file_id: str) -> list[Permission]:
    found: list[Permission] = []
    token: str | None = None
    while True:
        answer = await client.call(
            "permissions.list",
            fileId=file_id,
            fields=f"nextPageToken,permissions({_FIELDS})",
            supportsAllDrives=True,
            pageToken=token,
        )
        found += [_permission(given) for given in answer.get("permissions") or ()]
        token = answer.get("nextPageToken")
        if not token:
            return found


def _whom(params: ShareParams) -> str:
    if params.who == "anyone":
        return ""
    if not params.email.strip():
        raise Refused("Nobody is named to share with.", "nobody_named", hint="Fill in 'Address or domain'.")
    return params.email.strip()


def _permission(given: Mapping[str, Any]) -> Permission:
    return Permission(
        id=str(given.get("id") or ""),
        type=str(given.get("type") or ""),
        role=str(given.get("role") or ""),
        email=given.get("emailAddress") or given.get("domain"),
    )
