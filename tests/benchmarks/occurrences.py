"""What falls due is done once: four whole bots on one PostgreSQL, killed (kill -9) all the while.

Ours is how many occurrences left exactly one row, theirs how many fell due; anything but 1 is a mistake.
"""

import asyncio
import random
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot import clock, seed
from bot.storage import schedule
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from bot.storage.schedule import ScheduleRow
from tests.benchmarks.figures import Figure, Step, Target
from tests.benchmarks.plugged import EVERY, KIND
from tests.benchmarks.stage import Stage, staged
from tests.conftest import Postgres
from tests.journeys.nursery import Nursery
from tests.patience import until

REPLICAS, KEYS, KILLS = 4, 8, 40
_PAUSE = (0.5, 1.5)  # between two kills, in seconds


async def occurrences(directory: Path, step: Step, *, kills: int = KILLS, keys: int = KEYS) -> list[Figure]:
    """Count what was done against what was due, on a PostgreSQL of its own."""
    # A long path moves PostgreSQL's socket.
    with tempfile.TemporaryDirectory(prefix="sb-", dir="/tmp", ignore_cleanup_errors=True) as short:
        server = await asyncio.to_thread(Postgres, Path(short))
        try:
            server.execute("CREATE DATABASE bench")
            return await count(directory, server.url("bench"), step, kills=kills, keys=keys)
        finally:
            await asyncio.to_thread(server.close)


async def count(directory: Path, database_url: str, step: Step, *, kills: int, keys: int) -> list[Figure]:
    """Count on the empty database given."""
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(staged(directory, database_url, rate_limits=False))
        database = Database(stage.settings["database_url"])
        stack.push_async_callback(database.dispose)
        replicas = [_replica(stage, number) for number in range(REPLICAS)]
        for replica in replicas:
            stack.push_async_callback(replica.close)
            await replica.start()
        await until(lambda: stage.workspace.sockets and stage.workspace.sockets.count == REPLICAS, within=60)
        begin = clock.wall()
        await _plan(database, begin, keys)
        await _kill(replicas, kills, step)
        end = clock.wall()
        await until(lambda: _is_past(database, end), within=60)
        done = await _done(database, end)
    due = [f"{key} {at.isoformat()}" for key in _keys(keys) for at in _times(begin, end)]
    once = sum(done[one] == 1 for one in due)
    doubled = sum(times > 1 for times in done.values())
    what = f"{REPLICAS} replicas, {kills} kills; lost {len(due) - once - doubled}, doubled {doubled}"
    return [Figure("occurrences", what, "those due", "", ((once, len(due)),), Target("=", 1))]


def _replica(stage: Stage, number: int) -> Nursery:
    given = {
        "data_dir": str(stage.directory / str(number)), "http_port": seed.free_port(), "smtp_in_port": 0,
        "lease_seconds": 2.0,
    }  # fmt: skip
    return Nursery(
        stage.settings | given, stage.directory / f"replica-{number}.log", "tests.benchmarks.plugged"
    )


def _keys(count: int) -> list[str]:
    return [f"{KIND}:{number}" for number in range(count)]


def _times(begin: datetime, end: datetime) -> list[datetime]:
    return [begin + number * EVERY for number in range(int((end - begin) / EVERY) + 1)]


async def _plan(database: Database, begin: datetime, keys: int) -> None:
    async with database.write() as session:
        for key in _keys(keys):
            await schedule.ensure(database, session, key, KIND, begin)


async def _kill(replicas: list[Nursery], kills: int, step: Step) -> None:
    for number in range(kills):
        await asyncio.sleep(random.uniform(*_PAUSE))
        victim = random.choice(replicas)
        await victim.kill()
        await victim.start()
        step(f"occurrences: {number + 1} kills of {kills}")


async def _is_past(database: Database, end: datetime) -> bool:
    async with database.read() as session:
        first = select(func.min(ScheduleRow.due)).where(ScheduleRow.kind == KIND)
        due: datetime = (await session.execute(first)).scalar_one()
    return due > end


async def _done(database: Database, end: datetime) -> Counter[str]:
    """Count the rows of each occurrence until `end`."""
    async with database.read() as session:
        rows = (await session.execute(select(OutboxRow.payload).where(OutboxRow.kind == KIND))).scalars()
        left: list[dict[str, Any]] = list(rows)
    names = (str(one["occurrence"]) for one in left)
    return Counter(name for name in names if datetime.fromisoformat(name.split()[1]) <= end)
