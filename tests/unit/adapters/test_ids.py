"""Identifiers."""

from concurrent.futures import ThreadPoolExecutor

from nodeloom.adapters.ids import new_id


def test_ids_of_one_process_sort_by_the_order_in_which_they_were_made() -> None:
    ids = [new_id("run") for _ in range(5_000)]
    assert ids == sorted(ids)


def test_threads_never_make_the_same_id() -> None:
    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(new_id, ["run"] * 5_000))
    assert len(set(ids)) == 5_000


def test_an_id_is_its_prefix_and_26_characters() -> None:
    prefix, _, rest = new_id("wf").partition("_")
    assert (prefix, len(rest), rest) == ("wf", 26, rest.lower())
