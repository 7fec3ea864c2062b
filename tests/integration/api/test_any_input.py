"""Whatever is sent to any route, it is never our fault: schemathesis against the document that we give out."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.support.api_process import OWNER, api_process


@pytest.mark.long
@pytest.mark.timeout(600)
def test_no_input_breaks_the_server(database_url: str, redis_url: str, tmp_path: Path) -> None:
    with api_process(database_url, redis_url, tmp_path) as api:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{api.base}/api/v1/openapi.json",
            *("--header", f"Authorization: Bearer {_owners_key(api.base)}"),
            *("--checks", "not_a_server_error"),
            *("--phases", "coverage,fuzzing"),
            *("--max-examples", "25"),
            *("--max-time", "60"),
            *("--request-timeout", "20"),
            *("--suppress-health-check", "all"),
            # A stream has no end, and our own key has to live on.
            *("--exclude-path", "/api/v1/events"),
            *("--exclude-operation-id", "delete_key"),
            "--no-color",
            *("--report", "har", "--report-har-path", str(tmp_path / "traffic.har")),
        ]
        found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=550, check=False)
    assert found.returncode == 0, found.stdout
    refusals = list(_refusals(tmp_path / "traffic.har"))
    assert len(refusals) > 100
    assert [refusal for refusal in refusals if not _says_what_to_do(*refusal)] == []


def _refusals(traffic: Path) -> Iterator[tuple[str, str, str]]:
    """What was asked, the media type of the answer, and its body."""
    for entry in json.loads(traffic.read_text())["log"]["entries"]:
        request, response = entry["request"], entry["response"]
        content = response["content"]
        if response["status"] >= 400 and request["method"] != "HEAD":
            asked = f"{request['method']} {request['url']}: {response['status']}"
            yield asked, content.get("mimeType", ""), content.get("text", "")


def _says_what_to_do(_asked: str, media_type: str, body: str) -> bool:
    return media_type.startswith("application/problem+json") and bool(json.loads(body).get("hint"))


def _owners_key(base: str) -> str:
    with httpx2.Client(base_url=base) as client:
        csrf_token = client.post("/api/v1/auth/setup", json=OWNER).json()["csrf_token"]
        body = {"name": "schemathesis", "role": "owner"}
        return client.post("/api/v1/keys", json=body, headers={"X-CSRF-Token": csrf_token}).json()["key"]
