"""What is new and open across all areas, for one person or one department: lines with a link each.

It reads the other areas and nothing reads it. A line says what its reader may see: nothing from a channel
they are not in is ever named.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.digests import messages, rooms
from bot.digests.rooms import Reader
from bot.onboarding import store as onboarding
from bot.people import areas, availability
from bot.people import store as people
from bot.people.model import Department, Person, known_zone
from bot.standups import store as standups
from bot.storage import outbox
from bot.suppliers import care
from bot.suppliers import store as suppliers
from bot.suppliers.model import Conversation, Supplier
from bot.triage import store as triage

# A supplier who waits longer than this, in the shop's working hours, is late.
LATE_AFTER = timedelta(hours=8)
# An answer promised sooner than this is at risk.
_AT_RISK = timedelta(days=1)


@dataclass(frozen=True)
class Part:
    """One area's lines under a title; mrkdwn that is already escaped."""

    title: str
    lines: tuple[str, ...]


async def for_person(session: AsyncSession, person: Person, since: datetime, now: datetime) -> list[Part]:
    """Give what is new for one person since their last overview; what other sections say is left out."""
    reader = await rooms.person(session, person.id)
    mine = await care.cares_for(session, person, leads_only=True)
    parts = [
        await _supplier_part(session, reader, now, since=since, owners=mine),
        await _away_part(session, person, since, now),
    ]
    return [part for part in parts if part.lines]


async def for_department(
    session: AsyncSession, department: Department, monday: date, now: datetime
) -> list[Part]:
    """Give a department's week: what is open and late, what is due, who is away."""
    members = await people.members(session, department.id)
    ids = {one.id for one in members} | ({department.lead_id} if department.lead_id else set())
    owners = ids | ({None} if department.slug in care.BUYERS else set())
    reader = await rooms.channel(session, department.channel_id)
    parts = [
        await _supplier_part(session, reader, now, since=None, owners=owners),
        await _ticket_part(session, reader, department, now),
        await _action_part(session, reader, ids, monday),
        await _hire_part(session, ids, monday, now),
        await _week_away(session, members, monday, now),
    ]
    return [part for part in parts if part.lines]


# ---- suppliers ----------------------------------------------------------------------------------------


async def _supplier_part(
    session: AsyncSession,
    reader: Reader,
    now: datetime,
    *,
    since: datetime | None,
    owners: Collection[str | None],
) -> Part:
    if not await areas.is_on(session, "suppliers"):
        return Part("", ())
    found = [
        (conversation, supplier)
        for conversation, supplier in await suppliers.waiting_conversations(session)
        if care.responsible(conversation, supplier) in owners
        and (since is None or _is_new(conversation, since, now))
    ]
    lines = [
        await _supplier_line(session, conversation, supplier, now)
        for conversation, supplier in found
        if reader.may_see(await _channel_of(session, conversation.card_id))
    ]
    return Part(messages.suppliers_title(), tuple(lines))


def _is_new(conversation: Conversation, since: datetime, now: datetime) -> bool:
    """Tell whether it began to wait, or became late, since the last overview."""
    waiting = conversation.waiting_since or now
    return waiting > since or since < waiting + LATE_AFTER <= now


async def _supplier_line(
    session: AsyncSession, conversation: Conversation, supplier: Supplier, now: datetime
) -> str:
    waiting = conversation.waiting_since or now
    return messages.supplier_line(
        supplier.name,
        supplier.country,
        conversation.subject,
        now - waiting,
        late=now - waiting > LATE_AFTER,
        link=await link_to(session, conversation.card_id),
    )


# ---- standups -----------------------------------------------------------------------------------------


async def _action_part(session: AsyncSession, reader: Reader, owners: Collection[str], monday: date) -> Part:
    if not await areas.is_on(session, "standups"):
        return Part("", ())
    week = monday + timedelta(days=7)
    found = [
        change
        for change in await standups.open_actions(session)
        if change.owner_id in owners and change.due is not None and change.due < week
    ]
    names = await people.names(session, [change.owner_id for change in found])
    lines = []
    for change in found:
        report_id = (await standups.round_of(session, change)).report_id
        if reader.may_see(await _channel_of(session, report_id)):
            owner, link = names.get(change.owner_id or "", ""), await link_to(session, report_id)
            lines.append(messages.action_line(change.action, owner, change.due, monday, link=link))
    return Part(messages.actions_title(), tuple(lines))


# ---- customers and hires ------------------------------------------------------------------------------


async def _ticket_part(session: AsyncSession, reader: Reader, department: Department, now: datetime) -> Part:
    """Name the customers whose answer is late, or promised within a day."""
    if not await areas.is_on(session, "triage"):
        return Part("", ())
    lines = [
        messages.ticket_line(ticket, now, link=await link_to(session, ticket.card_id))
        for ticket in await triage.queue(session)
        if ticket.department_id == department.id
        and ticket.answer_by is not None
        and ticket.answer_by <= now + _AT_RISK
        and reader.may_see(await _channel_of(session, ticket.card_id))
    ]
    return Part(messages.tickets_title(), tuple(lines))


async def _hire_part(session: AsyncSession, ids: Collection[str], monday: date, now: datetime) -> Part:
    """Name the department's new colleagues: who begins this week or later, or began since the last post."""
    if not await areas.is_on(session, "onboarding"):
        return Part("", ())
    lines = []
    for hire in await onboarding.of_everybody(session, since=now):
        person = await people.get(session, hire.person_id)
        if person is None or not {hire.person_id, hire.manager_id} & set(ids):
            continue
        if hire.starts_on <= monday - timedelta(days=7):
            continue
        link, names = await _profile(session, person), await people.names(session, [hire.buddy_id])
        buddy = names.get(hire.buddy_id or "", "")
        today = calendar.local(now, known_zone(person.zone)).date()
        lines.append(messages.hire_line(person, hire.starts_on, today, buddy, link=link))
    return Part(messages.hires_title(), tuple(lines))


# ---- absences -----------------------------------------------------------------------------------------


async def _away_part(session: AsyncSession, person: Person, since: datetime, now: datetime) -> Part:
    """Name those of the person's departments who are away from now on and were not at the last overview."""
    colleagues: dict[str, Person] = {}
    for department in await people.departments_of(session, person.id):
        colleagues |= {one.id: one for one in await people.members(session, department.id)}
    colleagues.pop(person.id, None)
    away = await availability.away(session, list(colleagues.values()), now)
    lines = [
        messages.away_line(
            colleagues[row.person_id], row.ends_at, link=await _profile(session, colleagues[row.person_id])
        )
        for row in away.values()
        if row.starts_at > since
    ]
    return Part(messages.away_title(), tuple(lines))


async def _week_away(session: AsyncSession, members: Sequence[Person], monday: date, now: datetime) -> Part:
    by_id = {one.id: one for one in members}
    lines = []
    for row in await people.absences(session, list(by_id), now):
        one = by_id[row.person_id]
        if calendar.local(row.starts_at, one.zone).date() < monday + timedelta(days=7):
            lines.append(messages.away_line(one, row.ends_at, link=await _profile(session, one)))
    calendars = await availability.calendars(session, members, now)
    for one in members:
        theirs = calendars[one.id]
        # On a Monday off the post comes a day later: what is over is no news.
        today = theirs.today(now)
        week = [day for ahead in range(5) if (day := monday + timedelta(days=ahead)) >= today]
        names = {day: name for day in week if (name := calendar.holiday_name(theirs, day))}
        link = await _profile(session, one)
        lines += [messages.holiday_line(one, day, name, link=link) for day, name in names.items()]
    return Part(messages.away_title(), tuple(lines))


# ---- links --------------------------------------------------------------------------------------------


async def link_to(session: AsyncSession, post_id: int | None) -> str:
    """Give the address of a message of ours in Slack; "" when it is not known yet."""
    home = await people.setting(session, "workspace_url", "")
    if post_id is None or not home:
        return ""
    row = await outbox.get(session, post_id)
    return blocks.permalink(home, row.channel_id, row.ts) if row.channel_id and row.ts else ""


async def _channel_of(session: AsyncSession, post_id: int | None) -> str | None:
    """Give the channel a message of ours stands in, or will."""
    if post_id is None:
        return None
    row = await outbox.get(session, post_id)
    return row.channel_id or str(row.payload.get("channel") or "") or None


async def _profile(session: AsyncSession, person: Person) -> str:
    """Give the address of somebody's profile in Slack."""
    home = await people.setting(session, "workspace_url", "")
    return f"{home}team/{person.id}" if home else ""
