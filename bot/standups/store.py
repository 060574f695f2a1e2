"""Every query about standups."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.people.model import Morning, Person
from bot.standups.model import Asked, Change, Participant, Round, Standup
from bot.storage.database import for_change
from bot.storage.outbox import OutboxRow


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
        .where(Participant.standup_id == standup_id)
        .order_by(Person.name)
    )
    return [one for one in (await session.execute(rows)).scalars() if one.is_colleague]


async def set_participants(session: AsyncSession, standup_id: int, person_ids: Collection[str]) -> None:
    """Let these people, and nobody else, take part."""
    await session.execute(delete(Participant).where(Participant.standup_id == standup_id))
    session.add_all(Participant(standup_id=standup_id, person_id=one) for one in dict.fromkeys(person_ids))
    await session.flush()


async def report_of(session: AsyncSession, person_id: str, nominal: date | None) -> Round | None:
    """Give the newest round of somebody's standups, or the one of a date."""
    ids = [one.id for one in await mine(session, person_id)]
    rows = select(Round).where(Round.standup_id.in_(ids))
    if nominal is not None:
        rows = rows.where(Round.nominal == nominal)
    rows = rows.order_by(Round.nominal.desc(), Round.id.desc()).limit(1)
    return (await session.execute(rows)).scalar_one_or_none()


async def round_on(session: AsyncSession, standup_id: int, nominal: date) -> Round | None:
    """Give the round of one date of the rhythm."""
    rows = select(Round).where(Round.standup_id == standup_id, Round.nominal == nominal)
    return (await session.execute(rows)).scalar_one_or_none()


async def last_round(session: AsyncSession, standup_id: int) -> Round | None:
    """Give the newest round."""
    rows = select(Round).where(Round.standup_id == standup_id).order_by(Round.nominal.desc()).limit(1)
    return (await session.execute(rows)).scalar_one_or_none()


async def last_closed(session: AsyncSession, standup_id: int) -> Round | None:
    """Give the newest round that is closed."""
    rows = select(Round).where(Round.standup_id == standup_id, Round.state == "closed")
    return (await session.execute(rows.order_by(Round.nominal.desc()).limit(1))).scalar_one_or_none()


async def open_rounds(session: AsyncSession, standup_id: int) -> Sequence[Round]:
    """Give the rounds that are not closed."""
    rows = select(Round).where(Round.standup_id == standup_id, Round.state == "open")
    return (await session.execute(rows.order_by(Round.nominal))).scalars().all()


async def is_followed(session: AsyncSession, one: Round) -> bool:
    """Tell whether the standup has a later round."""
    rows = select(Round.id).where(Round.standup_id == one.standup_id, Round.nominal > one.nominal).limit(1)
    return (await session.execute(rows)).first() is not None


async def lock_round(session: AsyncSession, round_id: int) -> Round:
    """Give a round, as it is now, in which nobody else changes anything until this transaction ends."""
    rows = select(Round).where(Round.id == round_id)
    return (await session.execute(for_change(rows))).scalar_one()


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
    """Give how one person stands in a round."""
    rows = select(Asked).where(Asked.round_id == round_id, Asked.person_id == person_id)
    return (await session.execute(rows.execution_options(populate_existing=True))).scalar_one_or_none()


async def asked_lately(session: AsyncSession, standup_id: int, person_id: str) -> list[tuple[Round, Asked]]:
    """Give how a person stands in the newest two rounds of a standup that ask them."""
    rows = (
        select(Round, Asked)
        .join(Asked, Asked.round_id == Round.id)
        .where(Round.standup_id == standup_id, Asked.person_id == person_id)
        .order_by(Round.nominal.desc())
        .limit(2)
    )
    return [(one, asked) for one, asked in await session.execute(rows)]


async def asked_between(
    session: AsyncSession, person_id: str, first: date, last: date
) -> list[tuple[Standup, Round, Asked]]:
    """Give what a person was to be asked on these days, in rounds open or closed."""
    rows = (
        select(Standup, Round, Asked)
        .join(Round, Round.standup_id == Standup.id)
        .join(Asked, Asked.round_id == Round.id)
        .where(Asked.person_id == person_id, Asked.day >= first, Asked.day <= last, Standup.state == "active")
        .order_by(Round.nominal, Standup.name)
    )
    return [(standup, one, asked) for standup, one, asked in await session.execute(rows)]


async def waiting(session: AsyncSession, round_id: int) -> list[str]:
    """Give the ids of those who have not answered and are still there."""
    rows = (
        select(Asked.person_id)
        .join(Person, Person.id == Asked.person_id)
        .where(Asked.round_id == round_id, Asked.state == "waiting", ~Person.is_gone)
    )
    return list((await session.execute(rows)).scalars())


async def answer_count(session: AsyncSession, person_id: str) -> int:
    """Count the rounds in which somebody answered."""
    rows = select(func.count()).where(Asked.person_id == person_id, Asked.state == "answered")
    return (await session.execute(rows)).scalar_one()


async def has_answers(session: AsyncSession, round_id: int) -> bool:
    """Tell whether anybody answered."""
    rows = select(Asked.person_id).where(Asked.round_id == round_id, Asked.state == "answered").limit(1)
    return (await session.execute(rows)).first() is not None


async def report_failed(session: AsyncSession, one: Round) -> bool:
    """Tell whether the report of a round could not be posted."""
    rows = select(OutboxRow.state).where(OutboxRow.id == one.report_id)
    return (await session.execute(rows)).scalar_one_or_none() == "failed"


async def asked_in(session: AsyncSession, one: Round, asked: Asked) -> date | None:
    """Give the day of the scheduled message that asked somebody, once it was sent."""
    rows = select(func.min(Morning.day)).where(
        Morning.person_id == asked.person_id, Morning.day >= asked.day, Morning.at >= one.opened_at
    )
    found: date | None = (await session.execute(rows)).scalar()
    return found


async def was_shown(session: AsyncSession, one: Round, asked: Asked, before: date) -> bool:
    """Tell whether a scheduled message of an earlier day asked somebody already."""
    rows = select(Morning.day).where(
        Morning.person_id == asked.person_id,
        Morning.day >= asked.day,
        Morning.day < before,
        Morning.at >= one.opened_at,
    )
    return (await session.execute(rows.limit(1))).first() is not None


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


async def round_of(session: AsyncSession, change: Change) -> Round:
    """Give the round a change was shared in."""
    return await session.get_one(Round, change.round_id)


async def recent_changes(session: AsyncSession, *, limit: int = 30) -> Sequence[Change]:
    """Give the newest changes of all standups."""
    return (await session.execute(select(Change).order_by(Change.id.desc()).limit(limit))).scalars().all()


async def standups_of_rounds(session: AsyncSession, round_ids: Collection[int]) -> dict[int, Standup]:
    """Give the standup of each of these rounds."""
    rows = select(Round.id, Standup).join(Standup, Standup.id == Round.standup_id)
    found = await session.execute(rows.where(Round.id.in_(list(round_ids))))
    return {round_id: standup for round_id, standup in found}  # noqa: C416 - typed rows
