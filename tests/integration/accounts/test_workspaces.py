from tests.support.api import ApiUnderTest, problem


async def test_the_header_chooses_the_workspace_and_the_choice_is_kept(api: ApiUnderTest) -> None:
    owner = await api.signed_in("owner")
    made = (await owner.post("/api/v1/workspaces", json={"name": "Second"})).json()
    assert (await owner.get("/api/v1/me")).json()["member"]["workspace_id"] == api.workspace_id
    chosen = await owner.get("/api/v1/me", headers={"X-Workspace": made["id"]})
    assert (chosen.json()["member"]["workspace_id"], chosen.json()["member"]["role"]) == (made["id"], "owner")
    assert (await owner.get("/api/v1/me")).json()["member"]["workspace_id"] == made["id"]


async def test_one_sees_ones_own_workspaces_only(api: ApiUnderTest) -> None:
    await api.add_workspace()
    viewer = await api.signed_in("viewer")
    listed = (await viewer.get("/api/v1/workspaces")).json()["items"]
    assert [(space["id"], space["role"]) for space in listed] == [(api.workspace_id, "viewer")]


async def test_a_workspace_is_renamed_from_within(api: ApiUnderTest) -> None:
    admin = await api.signed_in("admin")
    renamed = await admin.patch(f"/api/v1/workspaces/{api.workspace_id}", json={"name": "  Better "})
    assert renamed.json()["name"] == "Better"
    problem(await admin.patch(f"/api/v1/workspaces/{await api.add_workspace()}", json={"name": "Mine"}), 404)


async def test_a_role_is_changed_and_counts_at_once(api: ApiUnderTest) -> None:
    owner, viewer = await api.signed_in("owner"), await api.signed_in("viewer")
    problem(await viewer.get("/api/v1/keys"), 403)
    member_id = api.members["viewer"]
    changed = await owner.patch(f"/api/v1/members/{member_id}", json={"role": "admin"})
    assert changed.json()["role"] == "admin"
    assert (await viewer.get("/api/v1/keys")).status_code == 200


async def test_the_last_owner_stays(api: ApiUnderTest) -> None:
    owner = await api.signed_in("owner")
    member_id = api.members["owner"]
    problem(await owner.patch(f"/api/v1/members/{member_id}", json={"role": "viewer"}), 409)
    problem(await owner.delete(f"/api/v1/members/{member_id}"), 409)
    await owner.patch(f"/api/v1/members/{api.members['admin']}", json={"role": "owner"})
    assert (await owner.delete(f"/api/v1/members/{member_id}")).status_code == 204


async def test_only_an_owner_makes_or_unmakes_an_owner(api: ApiUnderTest) -> None:
    admin = await api.signed_in("admin")
    problem(await admin.patch(f"/api/v1/members/{api.members['admin']}", json={"role": "owner"}), 403)
    problem(await admin.patch(f"/api/v1/members/{api.members['owner']}", json={"role": "viewer"}), 403)
    problem(await admin.delete(f"/api/v1/members/{api.members['owner']}"), 403)


async def test_who_was_removed_is_out_at_once(api: ApiUnderTest) -> None:
    admin, editor = await api.signed_in("admin"), await api.signed_in("editor")
    assert (await admin.delete(f"/api/v1/members/{api.members['editor']}")).status_code == 204
    problem(await editor.get("/api/v1/workspaces"), 403)
    listed = (await admin.get("/api/v1/members")).json()["items"]
    assert {member["email"] for member in listed}.isdisjoint({"editor@example.org"})


async def test_members_of_another_workspace_are_not_there(api: ApiUnderTest) -> None:
    stranger = await api.with_key("owner", await api.add_workspace())
    assert (await stranger.get("/api/v1/members")).json()["items"] == []
    for member_id in api.members.values():
        problem(await stranger.patch(f"/api/v1/members/{member_id}", json={"role": "viewer"}), 404)
        problem(await stranger.delete(f"/api/v1/members/{member_id}"), 404)


async def test_lists_go_on_where_the_page_before_ended(api: ApiUnderTest) -> None:
    viewer = await api.signed_in("viewer")
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await viewer.get("/api/v1/members", params=query)).json()
        seen += [member["id"] for member in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert seen == sorted(api.members.values(), reverse=True)


async def test_changes_of_roles_and_keys_and_refused_sign_ins_leave_a_trail(api: ApiUnderTest) -> None:
    owner = await api.signed_in("owner")
    await owner.patch(f"/api/v1/members/{api.members['viewer']}", json={"role": "runner"})
    key = (await owner.post("/api/v1/keys", json={"name": "ci", "role": "viewer"})).json()
    await owner.delete(f"/api/v1/keys/{key['id']}")
    body = {"email": "owner@example.org", "password": "wrong"}
    await (await api.visitor()).post("/api/v1/auth/login", json=body)
    trail = (await owner.get("/api/v1/audit")).json()["items"]
    assert [entry["action"] for entry in trail[:4]] == [
        "session.refused",
        "key.deleted",
        "key.created",
        "member.role_changed",
    ]
    assert trail[3]["detail"] == {"from": "viewer", "to": "runner", "name": "Viewer"}
    assert trail[3]["member_id"] == api.members["owner"]
    assert key["key"] not in str(trail)
    named = (await owner.get("/api/v1/audit", params={"action": "key.created"})).json()["items"]
    assert [entry["subject_id"] for entry in named] == [key["id"]]


async def test_the_trail_of_another_workspace_is_not_seen(api: ApiUnderTest) -> None:
    await api.signed_in("owner")
    stranger = await api.with_key("owner", await api.add_workspace())
    # The making of the key itself was the installation's doing.
    assert (await stranger.get("/api/v1/audit")).json()["items"] == []


async def test_the_trail_is_filtered_by_what_and_by_whom(api: ApiUnderTest) -> None:
    owner, admin = await api.signed_in("owner"), await api.signed_in("admin")
    for client, name in ((owner, "first"), (admin, "second")):
        await client.post("/api/v1/keys", json={"name": name, "role": "viewer"})
        await client.post("/api/v1/invites", json={"role": "viewer"})

    async def seen(**query: str) -> list[tuple[str, str]]:
        page = await owner.get("/api/v1/audit", params=query)
        return [(entry["action"], entry["actor"]) for entry in page.json()["items"]]

    assert await seen(kind="key") == [("key.created", "Admin"), ("key.created", "Owner")]
    assert await seen(kind="key", member_id=api.members["owner"]) == [("key.created", "Owner")]
    assert await seen(kind="ke") == []
    problem(await owner.get("/api/v1/audit", params={"kind": "%"}), 422)
