"""Whatever is sent to any route, it is never our fault: schemathesis against the document that we give out."""

import subprocess
import sys
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
        ]
        found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=550, check=False)
    assert found.returncode == 0, found.stdout


def _owners_key(base: str) -> str:
    with httpx2.Client(base_url=base) as client:
        csrf_token = client.post("/api/v1/auth/setup", json=OWNER).json()["csrf_token"]
        body = {"name": "schemathesis", "role": "owner"}
        return client.post("/api/v1/keys", json=body, headers={"X-CSRF-Token": csrf_token}).json()["key"]
