"""The second baseline: arq running an empty job, at its default settings and tuned."""

import asyncio
import time
from typing import Any, cast

import uvloop
from arq.connections import RedisSettings, create_pool
from arq.typing import WorkerCoroutine
from arq.worker import Worker, func

JOBS = 4_000


async def _measure(socket: str, queue: str, **options: Any) -> float:
    """Jobs per second: queued beforehand, then run by one worker."""
    settings = RedisSettings(unix_socket_path=socket)
    pool = await create_pool(settings, default_queue_name=queue)
    jobs = options.pop("jobs")
    for start in range(0, jobs, 100):
        await asyncio.gather(*(pool.enqueue_job("nothing") for _ in range(start, min(start + 100, jobs))))

    async def nothing(_: dict[str, Any]) -> None:
        return None

    worker = Worker(
        functions=[func(cast("WorkerCoroutine", nothing), name="nothing", keep_result=0)],
        redis_pool=pool,
        queue_name=queue,
        burst=True,
        handle_signals=False,
        **options,
    )
    began = time.perf_counter()
    await worker.main()
    return jobs / (time.perf_counter() - began)


def measure(socket: str) -> dict[str, float]:
    """Jobs per second by configuration."""

    async def both() -> dict[str, float]:
        default = await _measure(socket, "bench:default", jobs=JOBS // 8)
        tuned = await _measure(socket, "bench:tuned", jobs=JOBS, poll_delay=0.001, max_jobs=200)
        return {"arq, default settings": default, "arq, tuned (poll 1 ms, 200 jobs)": tuned}

    return uvloop.run(both())
