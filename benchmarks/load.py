"""Load by wrk, from a process of its own: a closed loop of POSTs with 1 kB of JSON."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

# 1 kB, like an order that a shop sends.
BODY = json.dumps(
    {"order": 10482, "name": "Ines Ferreira", "total": 312.5, "country": "PT", "note": "x" * 900}, separators=(",", ":")
)

_LUA = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [[%s]]
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %%d %%d %%.1f %%.1f %%d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


@dataclass(frozen=True)
class Load:
    """One measurement: answered requests, seconds, latencies in ms, answers that were no success."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    errors: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def needs_wrk() -> None:
    if shutil.which("wrk") is None:
        sys.exit("The benchmarks need wrk: apt-get install wrk")


def post(url: str, callers: int, seconds: float, folder: Path) -> Load:
    script = folder / "post.lua"
    script.write_text(_LUA % BODY)
    command = ["wrk", "-t1", f"-c{callers}", f"-d{max(int(seconds), 1)}s", "--timeout", "30s", "-s", str(script), url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"RESULT (\d+) (\d+) ([\d.]+) ([\d.]+) (\d+)", output)
    if found is None:
        sys.exit(f"wrk said nothing that could be read:\n{output}")
    requests, microseconds, p50, p99, errors = (float(part) for part in found.groups())
    return Load(int(requests), microseconds / 1e6, p50 / 1e3, p99 / 1e3, int(errors))


def middle(loads: list[Load]) -> Load:
    """The load whose rate is the median of all."""
    rate = median(load.rate for load in loads)
    return min(loads, key=lambda load: abs(load.rate - rate))
