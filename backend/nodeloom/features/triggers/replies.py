"""What the caller of a webhook is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import orjson

from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.problem import TYPE_BASE

RespondAs: TypeAlias = Literal["auto", "first", "list"]

JSON = "application/json"
PROBLEM = "application/problem+json"

# A workflow's answer must not be able to act as the product itself, nor to break the connection's framing.
_OURS = frozenset(
    {
        "set-cookie", "set-cookie2", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade",
        "trailer", "te", "date", "server", "content-security-policy", "x-content-type-options", "clear-site-data",
        "strict-transport-security", "service-worker-allowed", "alt-svc", "nel", "report-to", "reporting-endpoints",
        "proxy-connection", "origin-agent-cluster", "accept-ch", "set-login",
    }
)  # fmt: skip
BODILESS = frozenset({204, 304})


@dataclass(frozen=True)
class StoredFile:
    """An artifact whose bytes are the body."""

    id: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes | StoredFile
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def accepted(event_id: str, run_id: str | None, location: str | None = None) -> Reply:
    body = {"event_id": event_id} if run_id is None else {"event_id": event_id, "run_id": run_id}
    return Reply(202, orjson.dumps(body), headers={} if location is None else {"location": location})


def problem(
    status: int, code: str, title: str, *, detail: str = "", hint: str = "", headers: Mapping[str, str] | None = None
) -> Reply:
    document = {
        "type": TYPE_BASE + code, "title": title, "status": status, "detail": detail or title, "hint": hint,
    }  # fmt: skip
    return Reply(status, orjson.dumps(document), PROBLEM, headers or {})


def run_failed(run_id: str) -> Reply:
    """Says nothing of why: the caller is a stranger, the owner opens the run."""
    return problem(
        500,
        "run_failed",
        "The workflow could not answer",
        detail=f"The run {run_id} did not succeed.",
        hint="Its owner finds the reason on the page of the run.",
    )


def last_node(items: Sequence[Mapping[str, Any]], respond_as: RespondAs) -> Reply:
    """The items of the end nodes: `auto` gives one item as its JSON, several as a list, a file as its bytes."""
    if respond_as == "list":
        return _json(200, [item["json"] for item in items])
    if respond_as == "auto" and len(items) != 1:
        return _json(200, [item["json"] for item in items])
    if not items:
        return _json(200, None)
    if respond_as == "auto" and (files := items[0].get("files")):
        stored = _stored(next(iter(files.values())))
        return Reply(200, stored, stored.media_type)
    return _json(200, items[0]["json"])


def respond_node(said: Mapping[str, Any]) -> Reply:
    """`{status, headers, body}` as a Respond node gave it, with `file` in place of `body` where that is one."""
    headers = {str(name).lower(): str(value) for name, value in said["headers"].items()}
    kept = {name: value for name, value in headers.items() if name not in _OURS and _is_header(name, value)}
    named_type = kept.pop("content-type", None)
    status: int = said["status"]
    if status in BODILESS:
        return Reply(status, b"", "", kept)
    if file := said.get("file"):
        stored = _stored(file)
        return Reply(status, stored, named_type or stored.media_type, kept)
    body = said.get("body")
    if isinstance(body, str):
        return Reply(status, body.encode(errors="replace"), named_type or "text/plain; charset=utf-8", kept)
    return Reply(status, dump_json(body).encode(), named_type or JSON, kept)


def _json(status: int, value: Any) -> Reply:
    return Reply(status, dump_json(value).encode())


def _stored(reference: Mapping[str, Any]) -> StoredFile:
    return StoredFile(reference["id"], reference["name"], reference["media_type"], reference["size"])


def _is_header(name: str, value: str) -> bool:
    return (
        name.isascii()
        and name.replace("-", "").replace("_", "").isalnum()
        and value.isprintable()
        and all(ord(character) < 256 for character in value)
    )
