"""What the clock triggers for onboarding: its part of the morning, and the end of a plan."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import Block
from bot.onboarding import leading, morning, telling
from bot.people import areas, mornings
from bot.people.model import Person
from bot.people.mornings import Window
from bot.storage.outbox import OutboxRow
from bot.storage.schedule import ScheduleRow
from jobs.schedule import Errand

AREA = "onboarding"
Outcome = Callable[[AsyncSession, OutboxRow], Awaitable[None]]


def errands() -> Mapping[str, Errand]:
    """Give what is done when it is due, by the kind of the errand."""
    return {leading.FINISH: _finish}


async def _finish(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime | None:
    return await leading.finish(session, int(row.key.partition(":")[2]), now)


def outcomes() -> dict[str, Outcome]:
    """Give whom to tell, by the purpose of the delivery."""
    return {telling.CHART: telling.chart_settled}


@mornings.section(AREA, order=20)
async def section(session: AsyncSession, person: Person, window: Window) -> list[Block]:
    """Give what is due, overdue and next."""
    return await morning.section(session, person, window) if await areas.is_on(session, AREA) else []
