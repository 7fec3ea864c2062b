"""No secret reaches a log."""

from typing import Any

import pytest

from nodeloom.adapters.telemetry import hide, hide_secrets


def logged(**fields: Any) -> dict[str, Any]:
    return dict(hide_secrets(None, "info", {"event": "x", **fields}))


@pytest.mark.parametrize("name", ["password", "Authorization", "api_key", "set-cookie", "client_secret", "csrf_token"])
def test_fields_of_telling_names_are_hidden_at_any_depth(name: str) -> None:
    assert logged(**{name: "s3cret"})[name] == "•••"
    assert "s3cret" not in str(logged(request={"headers": [{name: "s3cret"}]}))


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcdefgh12345678",
        "Basic dXNlcjpwYXNzd29yZA==",
        "key nl_abcdefghijkl was used",
        "postgresql://user:pa55word@db/x",
    ],
)
def test_what_looks_like_a_secret_is_hidden_in_text(text: str) -> None:
    assert "•••" in logged(detail=text)["detail"]
    assert not any(part in logged(detail=text)["detail"] for part in ("abcdefgh", "dXNlc", "pa55word"))


def test_a_registered_secret_is_hidden_wherever_it_stands() -> None:
    hide("opensesame")
    assert logged(event="said opensesame", list=["opensesame!"])["event"] == "said •••"
    assert "opensesame" not in str(logged(list=["opensesame!"]))


def test_counts_stay_readable() -> None:
    assert logged(tokens=812, has_secret=True) == {"event": "x", "tokens": 812, "has_secret": True}
