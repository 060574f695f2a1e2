"""What the clock triggers for standups: rounds open, remind and close; people are asked in their morning."""

from collections.abc import Mapping
from datetime import date, datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import Block
from bot.people import areas, mornings
from bot.people import store as people
from bot.people.model import Person
from bot.people.mornings import Window
from bot.standups import messages, rounds, store
from bot.storage.schedule import ScheduleRow
from jobs.schedule import Errand

AREA = "standups"


def errands() -> Mapping[str, Errand]:
    """Give what is done when it is due, by the kind of the errand."""
    return {rounds.OPEN: _open, rounds.REMIND: _remind, rounds.CLOSE: _close}


async def _open(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime | None:
    if not await areas.is_on(session, AREA):
        return None
    await rounds.open_round(session, int(row.key.partition(":")[2]), row.due, now)
    return None


async def _remind(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime | None:
    await rounds.remind(session, int(row.key.partition(":")[2]), now)
    return None


async def _close(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime | None:
    await rounds.close(session, int(row.key.partition(":")[2]), now)
    return None


@mornings.hour(AREA)
async def hour(session: AsyncSession, person: Person, day: date) -> time | None:
    """Move the message of a day to the hour of a standup that asks on it."""
    asked = [
        standup.wall
        for standup, _round, one in await store.open_for(session, person.id)
        if one.day == day and one.state == "waiting"
    ]
    return min(asked, default=None)


@mornings.section(AREA, order=10)
async def section(session: AsyncSession, person: Person, window: Window) -> list[Block]:
    """Ask what is asked on this day; whoever got no message on their day is asked on the next."""
    if not await areas.is_on(session, AREA):
        return []
    shown: list[Block] = []
    for standup, one, asked in await store.open_for(session, person.id):
        missed = asked.day < window.day and await people.morning_of(session, person.id, asked.day) is None
        if asked.state != "away" and (asked.day == window.day or missed):
            actions = await store.open_actions(session, standup_id=standup.id, owner_id=person.id)
            carried = [change for change in actions if change.round_id != one.id]
            shown += messages.ask(standup, one, asked, carried)
    return shown
