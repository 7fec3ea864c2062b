"""The first baseline: a bare FastAPI route that stores each body with one INSERT and one commit, and answers 200."""

import os
import sqlite3
import time

from fastapi import FastAPI, Request

database = sqlite3.connect(os.environ["BASELINE_DATABASE"], isolation_level=None, check_same_thread=False)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute("CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, received_at REAL, body BLOB)")

app = FastAPI()


@app.post("/event")
async def store(request: Request) -> dict[str, bool]:
    body = await request.body()
    # In autocommit mode each INSERT is a transaction of its own.
    database.execute("INSERT INTO event (received_at, body) VALUES (?, ?)", (time.time(), body))
    return {"ok": True}
