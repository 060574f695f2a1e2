"""Absences from people's own calendars: asked for every few hours, read while no transaction is open."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.people import feed, messages, notices
from bot.people import store as people
from bot.people.notices import Notice
from bot.ports import FeedUnreadable
from bot.services import Services
from bot.storage import inbox
from bot.storage.schedule import ScheduleRow
from bot.storage.triggers import Trigger
from bot.words import speaking
from jobs.schedule import Errand

KIND = feed.READING
EVERY = timedelta(hours=4)
# The first address somebody gives is read at once.
_WHEN_THERE_ARE_NONE = timedelta(days=1)

Fetch = Callable[[str], Awaitable[bytes]]


def errands() -> Mapping[str, Errand]:
    """Give what is done when it is due, by the kind of the errand."""

    async def ask(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime:
        known = await people.with_feed(session)
        for person in known:
            body = json.dumps({"person": person.id}).encode()
            key = f"{person.id}:{row.due.isoformat()}"
            await inbox.enqueue(session, "feed", key, body, lane=f"feed:{person.id}")
        return max(row.due, now) + (EVERY if known else _WHEN_THERE_ARE_NONE)

    return {KIND: ask}


async def arrived(services: Services, fetch: Fetch, body: bytes, trigger: Trigger) -> None:
    """Read one calendar, and take its absences over; its owner hears once a week that it cannot be read."""
    now = services.clock.now()
    async with services.database.read() as session:
        person = await people.get(session, json.loads(body)["person"])
    if person is None or not person.absence_feed or not person.is_colleague:
        return
    with speaking(person.language):
        try:
            raw = await fetch(person.absence_feed)
            # In a thread: two megabytes of calendar take their time.
            days = await asyncio.to_thread(feed.read, raw, calendar.local(now, person.zone).date())
        except FeedUnreadable as error:
            year, week, _day = calendar.local(now, person.zone).isocalendar()
            notice = Notice(
                f"feed:{person.id}:{year}-{week}", "feed", messages.feed_unreadable(error.sentence)
            )
            async with trigger.transaction() as session:
                if known := await people.get(session, person.id):
                    await notices.tell(session, known, notice, now)
            return
    async with trigger.transaction() as session:
        known = await people.get(session, person.id)
        if known is not None and known.absence_feed == person.absence_feed:
            await feed.follow(session, known, days, now)
