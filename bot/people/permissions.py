"""Who may do what: admins, leads for their department, members, invited guests; strangers nothing."""

from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.people import store
from bot.people.model import Person


class Rank(IntEnum):
    """What somebody must be at least. A lead is one of any department; which one, the use case asks."""

    NOBODY = 0
    MEMBER = 1
    LEAD = 2
    ADMIN = 3


@dataclass(frozen=True)
class Standing:
    """What somebody is here. `leads` are the ids of the departments they lead."""

    rank: Rank
    leads: frozenset[int] = frozenset()

    @property
    def is_admin(self) -> bool:
        """Tell whether this is an admin."""
        return self.rank >= Rank.ADMIN

    def leads_department(self, department_id: int | None) -> bool:
        """Tell whether this person decides for a department: its lead, or an admin."""
        return self.is_admin or department_id in self.leads


def is_named_admin(person: Person, named: list[str]) -> bool:
    """Tell whether the settings name this person, by Slack id or mail address."""
    return bool({person.id.lower(), (person.email or "").lower()} & {one.lower() for one in named})


async def standing(session: AsyncSession, person: Person, named_admins: list[str]) -> Standing:
    """Tell what somebody is here."""
    if not person.may_act:
        return Standing(Rank.NOBODY)
    leads = frozenset(one.id for one in await store.led_by(session, person.id))
    if person.is_guest:
        return Standing(Rank.MEMBER)
    if person.is_admin or is_named_admin(person, named_admins):
        return Standing(Rank.ADMIN, leads)
    return Standing(Rank.LEAD if leads else Rank.MEMBER, leads)


async def admins(session: AsyncSession, named_admins: list[str]) -> list[Person]:
    """Give all admins, by name."""
    everybody = await store.colleagues(session)
    return [one for one in everybody if one.is_admin or is_named_admin(one, named_admins)]


async def who_can(session: AsyncSession, rank: Rank, named_admins: list[str]) -> str:
    """Name, for a refusal, a few people who can do what needs this rank."""
    able = await admins(session, named_admins)
    if rank == Rank.LEAD:
        leads = [one.lead_id for one in await store.departments(session) if one.lead_id]
        able = [*await store.several(session, leads), *able]
    names = list(dict.fromkeys(one.name for one in able))
    return ", ".join(names[:3])
