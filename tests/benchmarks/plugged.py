"""The real bot with one command and one errand more, plugged in where any area plugs in.

Features do more or less work in what they answer. These do the least that counts: the command commits that it
was dealt with and acknowledges, the errand leaves one row each time it is done.
"""

import json
import sys
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import __main__, app
from bot.settings import Settings
from bot.storage import outbox
from bot.storage.schedule import ScheduleRow
from handlers.routes import Request, command
from jobs.schedule import Errand
from tests.benchmarks.bare import COMMAND
from tests.journeys import nursery

KIND = "benchmark"
EVERY = timedelta(seconds=1)
_NEVER = timedelta(days=1000)


async def answer(request: Request) -> None:
    """Commit, then acknowledge."""
    async with request.transaction():
        pass
    await request.ack()


async def leave_a_row(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime:
    """Note in a row of its own, however many there are, that this was done; due again in a second."""
    draft = outbox.Draft(
        key=f"{KIND}:{outbox.new_uid()}", kind=KIND, lane=KIND, not_before=now + _NEVER,
        payload={"occurrence": f"{row.key} {row.due.isoformat()}"},
    )  # fmt: skip
    await outbox.add(session, draft)
    return row.due + EVERY


def errands() -> dict[str, Errand]:
    """Give the errand."""
    return {KIND: leave_a_row}


class Area:
    """What `bot.app` asks an area for."""

    errands = staticmethod(errands)


def main() -> None:
    """Run the bot with HTTP, set as the first argument says; or hold it ready to be forked, see nursery."""
    command(COMMAND)(answer)
    app.PLANNED = (*app.PLANNED, Area)  # type: ignore[assignment]
    if sys.argv[1] == "http":
        __main__._run(app.run(Settings(**json.loads(sys.argv[2])), http=True))
    else:
        nursery.main()


if __name__ == "__main__":
    main()
