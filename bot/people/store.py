"""Every query about people."""

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.people.model import Person, Workspace
from bot.storage.database import Database


async def keep(session: AsyncSession, people: Iterable[Person]) -> None:
    """Add these people, or bring what is known of them up to date."""
    for person in people:
        await session.merge(person)


async def get(session: AsyncSession, user_id: str) -> Person | None:
    """Give one person, or None for somebody unknown."""
    return await session.get(Person, user_id)


async def names(session: AsyncSession, user_ids: Collection[str | None]) -> dict[str, str]:
    """Give the names of these people; somebody unknown is left out."""
    rows = select(Person.id, Person.name).where(Person.id.in_([one for one in user_ids if one]))
    return {row.id: row.name for row in await session.execute(rows)}


async def pin_team(database: Database, session: AsyncSession, team_id: str) -> str:
    """Note at the first start which workspace we serve; give the one noted."""
    row = {"id": 1, "team_id": team_id}
    await session.execute(database.insert(Workspace).values(row).on_conflict_do_nothing())
    return (await session.get_one(Workspace, 1)).team_id
