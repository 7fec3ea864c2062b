"""The name and the colour of a workspace's pages."""

from tests.integration.hosted.conftest import Hosted
from tests.support.api import problem


async def test_pages_carry_the_name_and_colour_of_their_workspace(hosted: Hosted) -> None:
    await hosted.form({"label": "Name"})
    assert ">Ours</p>" in (await hosted.stranger.get("/forms/signup")).text
    saved = await hosted.owner.put("/api/v1/page-look", json={"accent": "#B3262C", "brand": " <Weavers> "})
    assert (saved.json()["accent"], saved.json()["brand"]) == ("#b3262c", "<Weavers>")
    assert (await hosted.owner.get("/api/v1/page-look")).json() == saved.json()
    page = (await hosted.stranger.get("/forms/signup")).text
    assert "&lt;Weavers&gt;</p>" in page
    assert f"light-dark(#b3262c,{saved.json()['accent_on_dark']})" in page


async def test_a_colour_that_can_not_be_read_is_refused_with_one_that_can(hosted: Hosted) -> None:
    faint = problem(await hosted.owner.put("/api/v1/page-look", json={"accent": "#ffee00", "brand": ""}), 422)
    assert "4.5 to 1" in faint["detail"]
    nearest = faint["hint"].split(": ")[1].split(" ")[0]
    assert (await hosted.owner.put("/api/v1/page-look", json={"accent": nearest, "brand": ""})).status_code == 200
    for accent in ("red", "#12345", "#1234567", "#3a46bd;}"):
        problem(await hosted.owner.put("/api/v1/page-look", json={"accent": accent, "brand": ""}), 422)
