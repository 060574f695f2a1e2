"""Every query about standups."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.people.model import Person
from bot.standups.model import Asked, Change, Participant, Round, Standup


async def active(session: AsyncSession) -> Sequence[Standup]:
    """Give the standups that go on, paused ones too."""
    rows = select(Standup).where(Standup.state != "ended").order_by(Standup.name)
    return (await session.execute(rows)).scalars().all()


async def mine(session: AsyncSession, person_id: str) -> Sequence[Standup]:
    """Give the standups somebody takes part in or owns."""
    part = select(Participant.standup_id).where(Participant.person_id == person_id)
    rows = select(Standup).where(
        Standup.state != "ended", (Standup.owner_id == person_id) | Standup.id.in_(part)
    )
    return (await session.execute(rows.order_by(Standup.name))).scalars().all()


async def participants(session: AsyncSession, standup_id: int) -> list[Person]:
    """Give who is asked and still there, by name."""
    rows = (
        select(Person)
        .join(Participant, Participant.person_id == Person.id)
        .where(Participant.standup_id == standup_id, ~Person.is_gone)
        .order_by(Person.name)
    )
    return list((await session.execute(rows)).scalars())


async def round_on(session: AsyncSession, standup_id: int, nominal: date) -> Round | None:
    """Give the round of one date of the rhythm."""
    rows = select(Round).where(Round.standup_id == standup_id, Round.nominal == nominal)
    return (await session.execute(rows)).scalar_one_or_none()


async def last_round(session: AsyncSession, standup_id: int) -> Round | None:
    """Give the newest round."""
    rows = select(Round).where(Round.standup_id == standup_id).order_by(Round.nominal.desc()).limit(1)
    return (await session.execute(rows)).scalar_one_or_none()


async def lock_round(session: AsyncSession, round_id: int) -> Round:
    """Give a round that nobody else closes until this transaction ends."""
    return (await session.execute(select(Round).where(Round.id == round_id).with_for_update())).scalar_one()


async def open_for(session: AsyncSession, person_id: str) -> list[tuple[Standup, Round, Asked]]:
    """Give the rounds that are open and ask this person, the oldest first."""
    rows = (
        select(Standup, Round, Asked)
        .join(Round, Round.standup_id == Standup.id)
        .join(Asked, Asked.round_id == Round.id)
        .where(Asked.person_id == person_id, Round.state == "open", Standup.state == "active")
        .order_by(Round.nominal, Standup.name)
    )
    return [(standup, one, asked) for standup, one, asked in await session.execute(rows)]


async def asked_of(session: AsyncSession, round_id: int) -> Sequence[Asked]:
    """Give how everybody stands in a round."""
    rows = select(Asked).where(Asked.round_id == round_id).order_by(Asked.person_id)
    return (await session.execute(rows)).scalars().all()


async def asked_one(session: AsyncSession, round_id: int, person_id: str) -> Asked | None:
    """Give how one person stands in a round; locked, for they may answer twice at once."""
    rows = select(Asked).where(Asked.round_id == round_id, Asked.person_id == person_id).with_for_update()
    return (await session.execute(rows)).scalar_one_or_none()


async def changes_of(session: AsyncSession, round_id: int) -> Sequence[Change]:
    """Give the changes shared in a round, in the order they came."""
    rows = select(Change).where(Change.round_id == round_id).order_by(Change.id)
    return (await session.execute(rows)).scalars().all()


async def own_changes(session: AsyncSession, round_id: int, person_id: str) -> Sequence[Change]:
    """Give what one person shared in a round."""
    rows = select(Change).where(Change.round_id == round_id, Change.person_id == person_id)
    return (await session.execute(rows.order_by(Change.id))).scalars().all()


async def open_actions(
    session: AsyncSession, *, standup_id: int | None = None, owner_id: str | None = None
) -> list[Change]:
    """Give the actions that are still to be done, those due first; of a standup, of one person, or all."""
    rows = select(Change).where(Change.state == "open")
    if standup_id is not None:
        rounds = select(Round.id).where(Round.standup_id == standup_id)
        rows = rows.where(Change.round_id.in_(rounds))
    if owner_id is not None:
        rows = rows.where(Change.owner_id == owner_id)
    found = list((await session.execute(rows)).scalars())
    return sorted(found, key=lambda one: (one.due or date.max, one.id))


async def recent_changes(session: AsyncSession, *, limit: int = 30) -> Sequence[Change]:
    """Give the newest changes of all standups."""
    return (await session.execute(select(Change).order_by(Change.id.desc()).limit(limit))).scalars().all()


async def standups_of_rounds(session: AsyncSession, round_ids: Collection[int]) -> dict[int, Standup]:
    """Give the standup of each of these rounds."""
    rows = select(Round.id, Standup).join(Standup, Standup.id == Round.standup_id)
    found = await session.execute(rows.where(Round.id.in_(list(round_ids))))
    return {round_id: standup for round_id, standup in found}  # noqa: C416 - typed rows
