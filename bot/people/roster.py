"""Who is in the workspace, as Slack tells it: people come, change, leave and come back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.people import absence, mornings, store
from bot.people.absence import Status
from bot.people.model import Person


@dataclass(frozen=True)
class Heard:
    """A person as Slack describes them, and what their status says."""

    person: Person
    status: Status


async def keep(session: AsyncSession, heard: Iterable[Heard], now: datetime) -> None:
    """Add these people, or bring what Slack says of them up to date; what was told to us stays."""
    told = list(heard)
    # All at once: the workspace of a shop has hundreds, of whom a start finds hardly anybody changed.
    ids = [one.person.id for one in told]
    known = {person.id: person for person in await store.several(session, ids)}
    away = await store.away_by(session, "status", ids, now)
    for one in told:
        earlier = known.get(one.person.id)
        before = (earlier.zone, earlier.is_colleague) if earlier else None
        person = await session.merge(one.person)
        await session.flush()
        if person.is_colleague and (one.status.says_away or person.id in away):
            await absence.follow_status(session, person, one.status, now)
        if before != (person.zone, person.is_colleague):
            await mornings.plan(session, person, now)


async def leaders_who_left(session: AsyncSession) -> list[str]:
    """Give the names of departments whose lead is no longer there."""
    departments = [one for one in await store.departments(session) if one.lead_id]
    people = {one.id: one for one in await store.several(session, [one.lead_id or "" for one in departments])}
    return [
        one.name
        for one in departments
        if (lead := people.get(one.lead_id or "")) is None or not lead.is_colleague
    ]
