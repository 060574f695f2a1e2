"""Two transactions at once, in the order in which they go wrong: on PostgreSQL the second waits."""

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.database import Database
from tests.patience import until

Work = Callable[[AsyncSession], Awaitable[object]]


async def meet(database: Database, first: Work, second: Work) -> None:
    """Let `second` begin when `first` has done all but commit, and go on once it has."""
    done, meeting = asyncio.Event(), asyncio.Event()

    async def lead() -> None:
        async with database.write() as session:
            await first(session)
            done.set()
            await meeting.wait()

    async def follow() -> None:
        await done.wait()
        async with database.write() as session:
            await second(session)

    async def they_have_met() -> bool:
        return following.done() or leading.done() or await _somebody_waits(database)

    leading, following = asyncio.create_task(lead()), asyncio.create_task(follow())
    await until(they_have_met)
    meeting.set()
    await asyncio.gather(leading, following)


async def _somebody_waits(database: Database) -> bool:
    async with database.read() as session:
        waiting = await session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
        return bool(waiting.scalar_one())
