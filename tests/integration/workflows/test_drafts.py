from tests.support.api import ApiUnderTest, problem
from tests.support.flows import MANUAL, graph, hook, made, node, published, saved

SET = node("greet", "core.set", fields=[{"name": "greeting", "value": "Hello"}])


async def test_a_workflow_comes_back_as_it_was_drawn(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    created = await client.post("/api/v1/workflows", json={"name": "Orders", "graph": graph(MANUAL, SET)})

    assert created.status_code == 201
    body = created.json()
    assert (body["name"], body["revision"], body["published_version"], body["problems"]) == ("Orders", 1, None, [])
    assert [entry["id"] for entry in body["graph"]["nodes"]] == ["start", "greet"]
    assert (await client.get(f"/api/v1/workflows/{body['id']}")).json() == body


async def test_an_unfinished_draft_is_saved_and_its_problems_are_listed(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    created = (await client.post("/api/v1/workflows", json={"name": "Half"})).json()
    assert [problem["code"] for problem in created["problems"]] == ["no_trigger"]

    wrong = graph(MANUAL, node("odd", "core.nothing_like_it"))
    answer = await client.put(
        f"/api/v1/workflows/{created['id']}/draft", json={"graph": wrong, "revision": created["revision"]}
    )
    assert answer.status_code == 200
    assert answer.json()["revision"] == 2
    [found] = answer.json()["problems"]
    assert (found["severity"], found["node_id"], found["code"]) == ("error", "odd", "unknown_type")
    listed = (await client.get("/api/v1/workflows")).json()["items"][0]
    assert listed["draft_errors"] == 1


async def test_a_draft_that_moved_on_is_not_overwritten(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    workflow_id = await made(client, graph(MANUAL))
    mine, theirs = graph(MANUAL, SET), graph(MANUAL)
    await saved(client, workflow_id, mine)

    late = await client.put(f"/api/v1/workflows/{workflow_id}/draft", json={"graph": theirs, "revision": 1})

    document = problem(late, 409)
    assert document["revision"] == 2
    assert [entry["id"] for entry in document["graph"]["nodes"]] == ["start", "greet"]


async def test_what_is_no_graph_is_refused_by_the_node_that_is_wrong(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    wrong = graph({**MANUAL, "position": {"x": "left"}})
    document = problem(await client.post("/api/v1/workflows", json={"name": "Wrong", "graph": wrong}), 422)
    assert document["problems"][0]["node_id"] == "start"
    assert document["problems"][0]["field"] == "position.x"


async def test_a_graph_of_more_than_2000_nodes_is_refused(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    many = graph(*({**MANUAL, "id": f"n{number}"} for number in range(2001)))
    problem(await client.post("/api/v1/workflows", json={"name": "Huge", "graph": many}), 413)


async def test_workflows_are_found_by_name_folder_and_tag(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    orders, mail = await made(client, name="Orders 100 %"), await made(client, name="Mail")
    changed = await client.patch(f"/api/v1/workflows/{mail}", json={"folder": "Inbound", "tags": ["näh", "näh", "b"]})
    assert changed.json()["tags"] == ["näh", "b"]

    async def found(query: str) -> list[str]:
        return [entry["id"] for entry in (await client.get(f"/api/v1/workflows?{query}")).json()["items"]]

    assert await found("") == [mail, orders]
    assert await found("q=0%20%25") == [orders]
    assert await found("q=näh") == [mail]
    assert await found("folder=Inbound") == [mail]
    assert await found("tag=b") == [mail]
    assert await found("tag=n") == []


async def test_the_list_is_paged(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    ids = [await made(client, name=f"W{number}") for number in range(3)]
    first = (await client.get("/api/v1/workflows?limit=2")).json()
    rest = (await client.get(f"/api/v1/workflows?limit=2&cursor={first['next_cursor']}")).json()
    assert [entry["id"] for entry in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] is None


async def test_a_copy_gets_addresses_of_its_own(api: ApiUnderTest) -> None:
    client = await api.with_key("editor")
    original = await published(client, graph(hook("orders"), SET))
    copied = (await client.post(f"/api/v1/workflows/{original}/duplicate")).json()
    assert copied["name"] == "Orders (copy)"
    assert copied["problems"] == []
    assert copied["graph"]["nodes"][0]["params"]["path"] != "orders"


async def test_a_workflow_of_another_workspace_is_not_there(api: ApiUnderTest) -> None:
    stranger = await api.with_key("owner", await api.add_workspace())
    workflow_id = await made(await api.with_key("editor"), graph(MANUAL))
    problem(await stranger.get(f"/api/v1/workflows/{workflow_id}"), 404)
    problem(await stranger.post(f"/api/v1/workflows/{workflow_id}/publish"), 404)
    problem(await stranger.delete(f"/api/v1/workflows/{workflow_id}"), 404)
    assert (await stranger.get("/api/v1/workflows")).json()["items"] == []


async def test_a_connection_knows_the_workflows_that_name_it(api: ApiUnderTest) -> None:
    client = await api.with_key("admin")
    secret = {"connector": "bearer", "name": "Shop", "secret": {"token": "s3cr3t-token"}}
    connection = (await client.post("/api/v1/connections", json=secret)).json()["id"]
    guarded = hook(auth={"kind": "bearer", "connection_id": connection})
    workflow_id = await published(client, graph(guarded, SET))
    await saved(client, workflow_id, graph(hook(), SET))

    used = (await client.get(f"/api/v1/connections/{connection}/used-by")).json()
    assert [(use["workflow_id"], use["published"]) for use in used["items"]] == [(workflow_id, True)]
