"""`make bench`: Nodeloom beside two baselines, in one run on one machine. Prints a table of ratios.

ARGS="--seconds 5 --times 1" for a first look; the figures in docs/benchmarks.md are of 20 s, three times.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from benchmarks import baseline_arq, machine, product, steps
from benchmarks.load import Load, middle, needs_wrk, post

CALLERS = (1, 10, 50)
BASELINE_PORT = 18_601
SLOW_PORT = 18_602


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--cases", default="abcde", help="which of the cases, by letter")
    parser.add_argument("--folder", type=Path, help="where to put the databases; decides which disk is measured")
    options = parser.parse_args()
    needs_wrk()
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="nodeloom-bench-") as name:
        _run(Path(name), options)


def _run(folder: Path, options: argparse.Namespace) -> None:
    p50, p99 = machine.fsync_ms(folder)
    print(machine.description())
    print(f"fsync of 4 KiB: p50 {p50:.2f} ms, p99 {p99:.2f} ms; load average {os.getloadavg()[0]:.1f}")
    for line in steps.measure():
        print(line)
    print()
    print(f"{time.strftime('%d %B %Y')}; {options.times} times {options.seconds:g} s a cell, the median\n", flush=True)
    with _child("-m", "benchmarks.slow_service", str(SLOW_PORT)), product.started(folder / "home") as url:
        chosen = {
            name: graph
            for name, graph in product.cases(f"http://127.0.0.1:{SLOW_PORT}/").items()
            if name[0] in options.cases
        }
        product.publish(url, chosen)
        _idle()
        jobs = baseline_arq.measure(str(folder / "home" / "valkey.sock"))
        with _baseline_route(folder) as baseline_url:
            print("| case | callers | req/s | p50 ms | p99 ms | / bare route | runs stored |")
            print("|---|--:|--:|--:|--:|--:|---|")
            baseline = {callers: _cell(baseline_url, callers, folder, options) for callers in CALLERS}
            for callers, load in baseline.items():
                print(_row("bare route: one INSERT, one commit", callers, load, load, ""), flush=True)
            for name, graph in chosen.items():
                path = graph["nodes"][0]["params"]["path"]
                for callers in CALLERS:
                    _measure_case(name, f"{url}/hooks/{path}", callers, folder, options, baseline[callers])
    for name, rate in jobs.items():
        print(f"| {name}, empty jobs | | {rate:.0f} | | | {rate / baseline[50].rate:.2f} | |")


def _measure_case(name: str, url: str, callers: int, folder: Path, options: argparse.Namespace, baseline: Load) -> None:
    before = product.succeeded(folder / "home", name)
    post(url, callers, 1, folder)
    loads = [post(url, callers, options.seconds, folder) for _ in range(options.times)]
    warm_up_and_counted = product.succeeded(folder / "home", name) - before
    counted = sum(load.requests for load in loads)
    failed = sum(load.errors for load in loads)
    stored = (
        "all"
        if warm_up_and_counted >= counted and not failed
        else f"{warm_up_and_counted} of {counted}, {failed} errors"
    )
    print(_row(name, callers, middle(loads), baseline, stored), flush=True)


def _cell(url: str, callers: int, folder: Path, options: argparse.Namespace) -> Load:
    post(url, callers, 1, folder)
    return middle([post(url, callers, options.seconds, folder) for _ in range(options.times)])


def _row(name: str, callers: int, load: Load, baseline: Load, stored: str) -> str:
    ratio = load.rate / baseline.rate
    return f"| {name} | {callers} | {load.rate:.0f} | {load.p50_ms:.2f} | {load.p99_ms:.1f} | {ratio:.2f} | {stored} |"


def _idle() -> None:
    """Memory and CPU of the whole installation while nothing happens."""
    # The scheduler is started last, and everybody's first seconds are no idleness.
    time.sleep(15)
    up = next(pid for pid in machine.family(os.getpid()) if _is_up(pid))
    pids = machine.family(up)
    before = machine.cpu_s(pids)
    time.sleep(20)
    used = (machine.cpu_s(pids) - before) / 20 * 100
    print(f"Idle: {machine.pss_mb(pids):.0f} MB (PSS, {len(pids)} processes), {used:.1f} % of one core\n", flush=True)


def _is_up(pid: int) -> bool:
    command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return b"up" in command and any(part.endswith(b"nodeloom") for part in command)


@contextmanager
def _baseline_route(folder: Path) -> Generator[str]:
    environment = {"BASELINE_DATABASE": str(folder / "baseline.db")}
    serve = ["-m", "uvicorn", "benchmarks.baseline_route:app", "--port", str(BASELINE_PORT), "--no-access-log"]
    with _child(*serve, "--log-level", "warning", **environment):
        url = f"http://127.0.0.1:{BASELINE_PORT}/event"
        for _ in range(100):
            try:
                httpx2.post(url, content=b"{}", timeout=1)
                break
            except httpx2.HTTPError:
                time.sleep(0.1)
        yield url


@contextmanager
def _child(*arguments: str, **environment: str) -> Generator[None]:
    child = subprocess.Popen([sys.executable, *arguments], env=os.environ | environment)
    try:
        yield
    finally:
        child.terminate()
        child.wait(10)


main()
