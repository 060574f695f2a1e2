"""When two colleagues both work, in the words of whoever asks."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.people import availability
from bot.people.model import Person
from bot.words import _


async def sentence(session: AsyncSession, asker: Person, other: Person, now: datetime) -> str:
    """Say when both work today, in the asker's time; "" for oneself."""
    if asker.id == other.id:
        return ""
    theirs = await availability.calendars(session, [asker, other], now)
    today = theirs[asker.id].today(now)
    both = calendar.overlap(theirs[asker.id], theirs[other.id], today)
    if not both:
        return _("today you do not work at the same time")
    spans = ", ".join(
        f"{calendar.local(start, asker.zone):%H:%M}-{calendar.local(end, asker.zone):%H:%M}"
        for start, end in both
    )
    return _("today you both work {spans} (your time)").format(spans=spans)
