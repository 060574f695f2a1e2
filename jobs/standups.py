"""What the clock triggers for standups: rounds open, remind and close; people are asked in their morning."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.blocks import Block
from bot.clock import Clock
from bot.people import areas, mornings
from bot.people import store as people
from bot.people.model import Person, known_zone
from bot.people.mornings import Window
from bot.ports import Answered, ToSummarise
from bot.services import Services
from bot.standups import messages, rounds, store
from bot.standups.model import Round, Standup, nominal_of
from bot.storage import inbox
from bot.storage.outbox import OutboxRow
from bot.storage.schedule import ScheduleRow
from bot.storage.triggers import Trigger
from jobs.schedule import Errand

AREA = SOURCE = "standups"
# Mornings planned in one transaction: nobody who presses a button then should wait for it.
_AT_ONCE = 25
# What two people say needs no summary.
_WORTH_THEMES = 3
_JUST_BEFORE = timedelta(seconds=1)
# A round is open for some days at the most, over weekends and holidays.
_LOOK_BACK = timedelta(days=21)

Outcome = Callable[[AsyncSession, OutboxRow], Awaitable[None]]


def errands() -> Mapping[str, Errand]:
    """Give what is done when it is due, by the kind of the errand."""

    async def begin(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime | None:
        standup = await session.get_one(Standup, _id(row))
        nominal = nominal_of(row.due)
        if await areas.is_on(session, AREA):
            one = await rounds.open_round(session, standup, nominal, now)
            if one is not None:
                ids = [asked.person_id for asked in await store.asked_of(session, one.id)]
                await _leave(session, "mornings", one, ids)
        return await rounds.next_opening(session, standup, nominal, now)

    async def close(session: AsyncSession, row: ScheduleRow, now: datetime) -> None:
        one = await rounds.close(session, _id(row), now)
        if one is not None:
            body = json.dumps({"themes": one.id}).encode()
            await inbox.enqueue(session, SOURCE, f"themes:{one.id}", body)
            await _leave(session, "silent", one, await store.waiting(session, one.id))

    return {rounds.OPEN: begin, rounds.REMIND: _remind, rounds.CLOSE: close}


def outcomes(clock: Clock) -> dict[str, Outcome]:
    """Give whom to tell, by the purpose of the delivery."""

    async def settled(session: AsyncSession, row: OutboxRow) -> None:
        one = await session.get(Round, row.subject_id)
        if one is not None and row.state == "failed":
            await rounds.report_failed(session, one, row.error or "", clock.now())

    return {rounds.REPORT: settled}


def _id(row: ScheduleRow) -> int:
    return int(row.key.partition(":")[2])


async def _remind(session: AsyncSession, row: ScheduleRow, now: datetime) -> None:
    if await areas.is_on(session, AREA):
        await rounds.remind(session, _id(row), now)


async def _leave(session: AsyncSession, what: str, one: Round, ids: Sequence[str]) -> None:
    """Leave for later what is done for many people, some at a time."""
    for start in range(0, len(ids), _AT_ONCE):
        body = json.dumps({what: ids[start : start + _AT_ONCE], "round": one.id}).encode()
        await inbox.enqueue(session, SOURCE, f"{what}:{one.id}:{start}", body)


async def arrived(services: Services, body: bytes, trigger: Trigger) -> None:
    """Do what an errand left for later, for some people or with the model."""
    left: dict[str, Any] = json.loads(body)
    if "themes" in left:
        await _find_themes(services, int(left["themes"]), trigger)
        return
    async with trigger.transaction() as session:
        one = await session.get_one(Round, int(left["round"]))
        if "silent" in left:
            await _say_it_is_over(session, one, left["silent"])
        else:
            await _plan_mornings(session, one, left["mornings"], services.clock.now())


async def _plan_mornings(session: AsyncSession, one: Round, ids: Sequence[str], now: datetime) -> None:
    """Let the mornings of people who are asked move to the standup's hour."""
    wall = (await session.get_one(Standup, one.standup_id)).wall
    days = {asked.person_id: asked.day for asked in await store.asked_of(session, one.id)}
    for person in await people.several(session, ids):
        asked_at = calendar.resolve(days[person.id], wall, known_zone(person.zone))
        # As of just before: were the hour over by now, the message would else come a day late.
        await mornings.plan(session, person, min(now, asked_at - _JUST_BEFORE))


async def _say_it_is_over(session: AsyncSession, one: Round, ids: Sequence[str]) -> None:
    """Let the message that asked say that the round is closed, where nothing was answered."""
    asked = {row.person_id: row for row in await store.asked_of(session, one.id)}
    for person in await people.several(session, ids):
        if person.id in asked and asked[person.id].state == "waiting":
            await rounds.redraw_ask(session, one, asked[person.id], person)


async def _find_themes(services: Services, round_id: int, trigger: Trigger) -> None:
    async with services.database.read() as session:
        asked = [one for one in await store.asked_of(session, round_id) if one.state == "answered"]
        names = await people.names(session, [one.person_id for one in asked])
    if len(asked) < _WORTH_THEMES:
        return
    texts = tuple("\n".join(text for text in one.answers if text) for one in asked)
    found = await services.model.summarise(ToSummarise(texts, lines=3, names=tuple(names.values())))
    if not isinstance(found, Answered) or not found.value:
        return  # the report stands without
    async with trigger.transaction() as session:
        one = await store.lock_round(session, round_id)
        one.themes = list(found.value)
        await rounds.show_report(session, one)


@mornings.hour(AREA)
async def hour(session: AsyncSession, person: Person, day: date) -> time | None:
    """Move the message of a day to the hour of a standup that asks on it."""
    asked = [
        standup.wall
        for standup, _round, one in await store.asked_between(session, person.id, day, day)
        if one.state != "away"
    ]
    return min(asked, default=None)


@mornings.section(AREA, order=10)
async def section(session: AsyncSession, person: Person, window: Window) -> list[Block]:
    """Ask what is asked on this day, or was on a day on which no message came since."""
    if not await areas.is_on(session, AREA):
        return []
    shown: list[Block] = []
    known = await people.asking(session, person.id, rounds.KIND)
    stopped = known is not None and known.stopped_at is not None and known.stopped_at <= window.at
    first = window.day - _LOOK_BACK
    for standup, one, asked in await store.asked_between(session, person.id, first, window.day):
        is_open = one.opened_at <= window.at < one.closes_at
        was_answered = asked.answered_at is not None and asked.answered_at < window.at
        if not is_open or was_answered or asked.state == "away" or (stopped and asked.state == "waiting"):
            continue
        if await store.was_shown(session, one, asked, window.day):
            continue
        own = await store.own_changes(session, one.id, person.id)
        actions = await store.open_actions(session, standup_id=standup.id, owner_id=person.id)
        carried = [change for change in actions if change.round_id != one.id]
        names = await people.names(session, [change.owner_id for change in own])
        shown += messages.ask(standup, one, asked, own, carried, names)
    return shown
