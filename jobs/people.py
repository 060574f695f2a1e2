"""What the clock triggers for people: their one scheduled message a day, and what waited for their hours."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.people import directory, mornings, notices, privacy
from bot.people import store as people
from bot.services import Services
from bot.storage import schedule
from bot.storage.database import STARTING
from bot.storage.schedule import ScheduleRow
from bot.words import speaking
from jobs import feeds
from jobs.schedule import Errand

UPKEEP = "people.upkeep"


def errands() -> Mapping[str, Errand]:
    """Give what is done when it is due, by the kind of the errand."""
    return {mornings.KIND: _morning, notices.KIND: _notices, UPKEEP: _upkeep}


async def plan(services: Services) -> None:
    """Plan everybody's mornings at start: somebody may have come or changed while we were away."""
    now = services.clock.now()
    async with services.database.write_in_turn(STARTING) as session:
        await directory.ensure_departments(session)
        await mornings.plan_new(session, await people.colleagues(session), now)
        for kind in (UPKEEP, feeds.KIND):
            await schedule.ensure(services.database, session, kind, kind, now)


async def _upkeep(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime:
    """Forget what is older than people were told it is kept."""
    await people.forget(
        session,
        notices_before=now - privacy.NOTICES_KEPT,
        mornings_before=(now - privacy.MORNINGS_KEPT).date(),
        absences_before=now - privacy.ABSENCES_KEPT,
    )
    return max(row.due, now) + timedelta(days=1)


async def _morning(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime | None:
    person = await people.get(session, row.key.partition(":")[2])
    return await mornings.arrive(session, person, row.due, now) if person else None


async def _notices(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime | None:
    person = await people.get(session, row.key.partition(":")[2])
    if person is None or person.is_gone:
        return None
    with speaking(person.language):
        morning_at = await schedule.planned(session, f"{mornings.KIND}:{person.id}")
        return await notices.deliver(session, person, now, morning_at)
