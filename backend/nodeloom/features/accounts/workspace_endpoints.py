"""Workspaces, their members, keys and audit trail."""

from typing import Annotated

from fastapi import APIRouter, Query

from nodeloom.adapters.paging import Page, PageQuery
from nodeloom.features.accounts import keys, members, repository
from nodeloom.features.accounts.caller import Admin, Browser, OwnerBrowser, Viewer
from nodeloom.features.accounts.members import member_read, workspace_read
from nodeloom.features.accounts.requests import ReadSession, Streams, WriteSession, end_streams
from nodeloom.features.accounts.schemas import (
    AuditEntryRead,
    KeyCreate,
    KeyCreated,
    KeyRead,
    MemberChange,
    MemberRead,
    WorkspaceRead,
    WorkspaceWrite,
)
from nodeloom.features.audit import trail

router = APIRouter(tags=["accounts"])


@router.get("/workspaces")
async def list_workspaces(caller: Browser, session: ReadSession, page: PageQuery) -> Page[WorkspaceRead]:
    """The workspaces that you are a member of, with your role in each."""
    rows = await repository.workspaces_of_person(session, caller.person_id, limit=page.fetch, after=page.after)
    shown, next_cursor = page.page(rows, lambda row: row[0].id)
    return Page(items=[workspace_read(space, member.role) for space, member in shown], next_cursor=next_cursor)


@router.post("/workspaces", status_code=201)
async def create_workspace(caller: OwnerBrowser, body: WorkspaceWrite, session: WriteSession) -> WorkspaceRead:
    """A further workspace, owned by you; takes the role owner in the one that you are in."""
    workspace, member = await members.create_workspace(session, caller, body.name)
    return workspace_read(workspace, member.role)


@router.patch("/workspaces/{workspace_id}")
async def rename_workspace(
    caller: Admin, workspace_id: str, body: WorkspaceWrite, session: WriteSession
) -> WorkspaceRead:
    return workspace_read(await members.rename_workspace(session, caller, workspace_id, body.name), caller.role)


@router.get("/members")
async def list_members(caller: Viewer, session: ReadSession, page: PageQuery) -> Page[MemberRead]:
    rows = await repository.members(session, caller.workspace_id, limit=page.fetch, after=page.after)
    shown, next_cursor = page.page(rows, lambda row: row[0].id)
    return Page(items=[member_read(member, person) for member, person in shown], next_cursor=next_cursor)


@router.patch("/members/{member_id}")
async def change_role(caller: Admin, member_id: str, body: MemberChange, session: WriteSession) -> MemberRead:
    return member_read(*await members.change_role(session, caller, member_id, body.role))


@router.delete("/members/{member_id}", status_code=204)
async def remove_member(caller: Admin, member_id: str, session: WriteSession, live: Streams) -> None:
    await members.remove_member(session, caller, member_id)
    end_streams(session, live, [member_id])


@router.delete("/members/{member_id}/sessions", status_code=204)
async def sign_out_member(caller: Admin, member_id: str, session: WriteSession, live: Streams) -> None:
    """Sign a member out of every browser in which they used this workspace last."""
    end_streams(session, live, await members.sign_out_member(session, caller, member_id))


@router.post("/keys", status_code=201)
async def create_key(caller: Admin, body: KeyCreate, session: WriteSession) -> KeyCreated:
    """The answer is the only place where the key is ever shown."""
    key_id, key = await keys.create_key(session, caller, name=body.name, role=body.role, expires_at=body.expires_at)
    return KeyCreated(id=key_id, key=key)


@router.get("/keys")
async def list_keys(caller: Admin, session: ReadSession, page: PageQuery) -> Page[KeyRead]:
    rows = await repository.keys(session, caller.workspace_id, limit=page.fetch, after=page.after)
    shown, next_cursor = page.page(rows, lambda row: row.id)
    return Page(items=[KeyRead.model_validate(row, from_attributes=True) for row in shown], next_cursor=next_cursor)


@router.delete("/keys/{key_id}", status_code=204)
async def delete_key(caller: Admin, key_id: str, session: WriteSession, live: Streams) -> None:
    """An owner's key is an owner's to delete."""
    await keys.delete_key(session, caller, key_id)
    end_streams(session, live, [key_id])


@router.get("/audit")
async def list_audit_entries(
    caller: Admin,
    session: ReadSession,
    page: PageQuery,
    action: Annotated[str | None, Query(max_length=80)] = None,
    subject_id: Annotated[str | None, Query(max_length=80)] = None,
    kind: Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$")] = None,
    member_id: Annotated[str | None, Query(max_length=80)] = None,
) -> Page[AuditEntryRead]:
    """`kind` is the first part of an action: `workflow` of `workflow.published`."""
    wanted = trail.Filter(action=action, kind=kind, subject_id=subject_id, member_id=member_id)
    rows = await trail.entries(session, caller.workspace_id, wanted, limit=page.fetch, after=page.after)
    shown, next_cursor = page.page(rows, lambda row: row.id)
    items = [AuditEntryRead.model_validate(row, from_attributes=True) for row in shown]
    return Page(items=items, next_cursor=next_cursor)
