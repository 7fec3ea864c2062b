"""Who looks at what: known for as long as it lasts, and no longer kept."""

from nodeloom.adapters.live import Watched


def test_what_is_watched_no_more_is_forgotten() -> None:
    watched = Watched()
    for number in range(1000):
        watched.note([f"ws|run:{number}"], until=600_000 + number, now=number)
    assert (len(watched), watched.until("ws|run:7"), watched.until("ws|run:1000")) == (1000, 600_007, 0)

    assert watched.note(["ws|runs"], until=2_000_000, now=1_000_000)

    assert (len(watched), watched.until("ws|run:7"), watched.until("ws|runs")) == (1, 0, 2_000_000)
    assert not watched.note(["ws|runs"], until=2_000_001, now=1_000_001)
