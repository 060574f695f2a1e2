"""Telling somebody something, when it is welcome: now in their hours, else at their next working moment.

What waits is merged with whatever else is due then, and never dropped. Only what is urgent comes at any time,
and says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.blocks import Block
from bot.calendar import NobodyWorks, WorkCalendar
from bot.people import availability, messages, store
from bot.people.model import NoticeRow, Person
from bot.storage import outbox, schedule

KIND = "notices"
# A Slack message holds 50 blocks.
_MOST_BLOCKS = 46
# How many short lines of 200 characters a section of 3000 holds.
_LINES = 14
# What waits comes with the day's scheduled message when that comes so soon.
_WITH_THE_MORNING = timedelta(hours=1)
# Who is away until further notice is looked after again; saying "back" comes first.
_LOOK_AGAIN = timedelta(days=31)


@dataclass(frozen=True)
class Notice:
    """What somebody should know.

    `key` makes it be told once; `urgent` says why it cannot wait, or is empty.
    """

    key: str
    kind: str
    text: str
    blocks: Sequence[Block] = field(default_factory=tuple)
    urgent: str = ""

    @property
    def shown(self) -> list[Block]:
        """The notice as blocks."""
        return list(self.blocks) or [blocks.section(self.text)]


async def tell(session: AsyncSession, person: Person, notice: Notice, now: datetime) -> None:
    """Tell it in a direct message, or keep it for this person's next working moment."""
    if notice.urgent:
        body = messages.urgent(notice.text, notice.shown, notice.urgent)
        await _post(session, person.id, f"notice:{notice.key}", body["text"], body["blocks"])
        return
    moment = await welcome(session, person, now)
    if moment <= now:
        await _post(session, person.id, f"notice:{notice.key}", notice.text, notice.shown)
    else:
        await _defer(session, person, notice, moment, now)


async def welcome(session: AsyncSession, person: Person, now: datetime) -> datetime:
    """Give the first moment at which a message is welcome: in working hours, not quiet, no Do Not Disturb."""
    theirs = await availability.calendar_of(session, person, now)
    since = max(now, person.dnd_until or now)
    try:
        return calendar.next_welcome_moment(theirs, since)
    except NobodyWorks:
        return _without_end(replace(theirs, absences=()), since)


def _without_end(theirs: WorkCalendar, since: datetime) -> datetime:
    try:
        calendar.next_welcome_moment(theirs, since)
    except NobodyWorks:
        # Somebody without any hours would otherwise never hear of it.
        return since
    return since + _LOOK_AGAIN


async def replan(session: AsyncSession, person: Person, now: datetime) -> None:
    """Plan anew when to tell what waits: their hours, an absence or Do Not Disturb have changed."""
    if await store.waiting_notices(session, person.id):
        moment = max(now, await welcome(session, person, now))
        await schedule.plan(session, f"{KIND}:{person.id}", KIND, moment)


async def _defer(
    session: AsyncSession, person: Person, notice: Notice, moment: datetime, now: datetime
) -> None:
    row = {
        "key": notice.key, "person_id": person.id, "kind": notice.kind, "text": notice.text,
        "blocks": notice.shown, "due_at": moment, "state": "waiting", "created_at": now,
    }  # fmt: skip
    await store.add_notice(session, row)
    await schedule.bring_forward(session, f"{KIND}:{person.id}", KIND, moment)


async def deliver(
    session: AsyncSession, person: Person, now: datetime, morning_at: datetime | None = None
) -> datetime | None:
    """Tell, merged into one message, what waited; when to look again, if anything still waits.

    `morning_at` is when the day's scheduled message comes: what waits then comes with it.
    """
    waiting = await store.waiting_notices(session, person.id)
    if not waiting:
        return None
    moment = await welcome(session, person, now)
    if moment > now:
        return moment
    if morning_at is not None and morning_at <= now + _WITH_THE_MORNING:
        # A minute later, should the morning have nothing of its own to wait for and not come at all.
        return max(now, morning_at) + timedelta(minutes=1)
    shown, count = merged(waiting, _MOST_BLOCKS)
    told = take(waiting, count, now)
    text = messages.while_away(len(told))
    await _post(session, person.id, f"notices:{told[0].id}:{told[-1].id}", text, shown)
    return now if count < len(waiting) else None


def take(waiting: Sequence[NoticeRow], count: int, now: datetime) -> Sequence[NoticeRow]:
    """Note that the first `count` are told now; gives these."""
    for one in waiting[:count]:
        one.state, one.due_at = "told", now
    return waiting[:count]


def merged(waiting: Sequence[NoticeRow], room: int) -> tuple[list[Block], int]:
    """Put what waited under each other in `room` blocks, the rest in its short form; how many these are."""
    shown: list[Block] = []
    if len(waiting) > 1:
        shown.append(blocks.section(f"*{messages.while_away(len(waiting))}*"))
    for position, one in enumerate(waiting):
        is_last = position + 1 == len(waiting)
        if len(shown) + bool(position) + len(one.blocks) + (not is_last) > room:
            short, count = _in_short(waiting[position:], room - len(shown))
            return shown + short, position + count
        if position:
            shown.append(blocks.divider())
        shown += one.blocks
    return shown, len(waiting)


def _in_short(rest: Sequence[NoticeRow], room: int) -> tuple[list[Block], int]:
    lines = [f"• {blocks.clip(' '.join(one.text.split()), 200)}" for one in rest[: max(0, room) * _LINES]]
    chunks = [lines[start : start + _LINES] for start in range(0, len(lines), _LINES)]
    return [blocks.section("\n".join(chunk)) for chunk in chunks], len(lines)


async def _post(session: AsyncSession, person_id: str, key: str, text: str, shown: Sequence[Block]) -> None:
    # Slack takes a person's id for the direct message with them.
    draft = outbox.Draft(
        key=key,
        kind="slack.post",
        lane=f"slack:{person_id}",
        payload={"channel": person_id, "text": text, "blocks": list(shown)},
    )
    await outbox.add(session, draft)
