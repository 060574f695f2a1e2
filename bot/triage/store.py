"""Every query about tickets."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.people import store as people
from bot.people.model import Department, NoticeRow
from bot.storage.database import for_change
from bot.triage.engine.corrections import Correction
from bot.triage.model import CLOSED, HOURS, OPEN, SLUGS, AnswerTime, CorrectionRow, SavedReply, Ticket


async def lock(session: AsyncSession, ticket_id: int) -> Ticket:
    """Give a ticket, as it is now, that nobody else changes until this transaction ends."""
    rows = select(Ticket).where(Ticket.id == ticket_id)
    return (await session.execute(for_change(rows))).scalar_one()


async def get(session: AsyncSession, ticket_id: int) -> Ticket | None:
    """Give a ticket by its number."""
    # SQLite holds no greater number, and nobody has so many tickets.
    return await session.get(Ticket, ticket_id) if ticket_id < 2**53 else None


async def take(session: AsyncSession, ticket_id: int, person_id: str, *, seen: str | None) -> bool:
    """Put somebody in charge if it is still in the hands it was seen in; True for one of all who try."""
    taken = (
        update(Ticket)
        .where(
            Ticket.id == ticket_id,
            Ticket.assignee_id.is_(None) if seen is None else Ticket.assignee_id == seen,
            Ticket.state != CLOSED,
        )
        .values(assignee_id=person_id)
        .returning(Ticket.id)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(taken)).first() is not None


async def queue(session: AsyncSession, *, assignee_id: str | None = None) -> list[Ticket]:
    """Give what we owe an answer, the most pressing first; of one person, or of all."""
    rows = select(Ticket).where(Ticket.state == OPEN, Ticket.snoozed_until.is_(None))
    if assignee_id is not None:
        rows = rows.where(Ticket.assignee_id == assignee_id)
    return list((await session.execute(rows.order_by(Ticket.answer_by, Ticket.id))).scalars())


async def held(session: AsyncSession, assignee_id: str) -> list[Ticket]:
    """Give everything in somebody's hands that is not closed, the most pressing first."""
    mine = (Ticket.assignee_id == assignee_id, Ticket.state != CLOSED)
    rows = select(Ticket).where(*mine).order_by(Ticket.answer_by.is_(None), Ticket.answer_by, Ticket.id)
    return list((await session.execute(rows)).scalars())


async def due_for(
    session: AsyncSession, person_id: str, department_ids: Collection[int], since: datetime, until: datetime
) -> list[Ticket]:
    """Give what somebody should look at: theirs, and what nobody took of departments they lead.

    What must be answered by `until`; also what was answered since `since`, to be shown as done.
    """
    mine = or_(
        Ticket.assignee_id == person_id,
        (Ticket.assignee_id.is_(None)) & Ticket.department_id.in_(list(department_ids)),
    )
    at_risk = (Ticket.state == OPEN) & (Ticket.answer_by <= until) & Ticket.snoozed_until.is_(None)
    done = (Ticket.state != OPEN) & (Ticket.answered_at >= since)
    rows = select(Ticket).where(mine, or_(at_risk, done)).order_by(Ticket.answer_by, Ticket.id).limit(20)
    return list((await session.execute(rows)).scalars())


async def promised(session: AsyncSession) -> list[Ticket]:
    """Give every ticket whose promise runs."""
    rows = select(Ticket).where(Ticket.answer_by.is_not(None)).order_by(Ticket.id)
    return list((await session.execute(rows)).scalars())


async def waits_for_hours(session: AsyncSession, key: str) -> bool:
    """Tell whether a notice was kept for its reader's working hours: then it reaches them by itself."""
    return (await session.execute(select(NoticeRow.id).where(NoticeRow.key == key))).first() is not None


# Kinds of notices whose keys go on with the number of a ticket.
_ABOUT_A_TICKET = ("warning", "late", "handed", "woken")


async def told_with(session: AsyncSession, person_id: str, at: datetime) -> set[int]:
    """Give the tickets of which a message of this instant tells somebody anyway, below all else."""
    waited = (NoticeRow.state == "waiting") & (NoticeRow.created_at <= at)
    rows = select(NoticeRow.key).where(
        NoticeRow.person_id == person_id,
        NoticeRow.kind == "triage",
        waited | ((NoticeRow.state == "told") & (NoticeRow.due_at == at)),
    )
    keys = [key.split(":") for key in (await session.execute(rows)).scalars()]
    return {int(about) for _area, kind, about, *_rest in keys if kind in _ABOUT_A_TICKET}


# ---- sorting ------------------------------------------------------------------------------------------


async def corrections(session: AsyncSession) -> tuple[Correction, ...]:
    """Give what people said texts are, as the sorting wants it: the last word on each text."""
    rows = select(CorrectionRow).where(CorrectionRow.undone_at.is_(None)).order_by(CorrectionRow.id)
    last = {row.text: row for row in (await session.execute(rows)).scalars()}
    return tuple(Correction(str(row.id), row.text, row.category, row.said_by) for row in last.values())


async def lock_correction(session: AsyncSession, correction_id: int) -> CorrectionRow:
    """Give a correction, as it is now, that nobody else takes back until this transaction ends."""
    rows = select(CorrectionRow).where(CorrectionRow.id == correction_id)
    return (await session.execute(for_change(rows))).scalar_one()


async def department_called(session: AsyncSession, name: str) -> Department | None:
    """Give the department of ours that the sorting means; customer service where there is none."""
    return await people.department(session, SLUGS.get(name, name)) or await people.department(
        session, "service"
    )


# ---- what admins decided ------------------------------------------------------------------------------


async def hours(session: AsyncSession) -> dict[str, int]:
    """Give the working hours within which each priority is answered."""
    chosen: dict[str, int] = await people.setting(session, "triage.hours", {})
    return HOURS | chosen


async def watcher(session: AsyncSession) -> str | None:
    """Give the one lead who sees everybody's answer times."""
    found: str | None = await people.setting(session, "triage.watcher")
    return found


async def vips(session: AsyncSession) -> tuple[str, ...]:
    """Give the addresses and domains of important customers."""
    found: list[str] = await people.setting(session, "triage.vips", [])
    return tuple(found)


# ---- saved replies and answer times -------------------------------------------------------------------


async def saved_replies(session: AsyncSession) -> list[SavedReply]:
    """Give every saved reply by title."""
    return list((await session.execute(select(SavedReply).order_by(SavedReply.title))).scalars())


async def saved_by_title(session: AsyncSession, title: str) -> SavedReply | None:
    """Find a saved reply."""
    return (await session.execute(select(SavedReply).where(SavedReply.title == title))).scalar_one_or_none()


async def answer_times(session: AsyncSession, since: datetime, author_id: str | None = None) -> list[Any]:
    """Give how long answers took since then; of one person, or of all."""
    rows = select(AnswerTime).where(AnswerTime.at >= since)
    if author_id is not None:
        rows = rows.where(AnswerTime.author_id == author_id)
    return list((await session.execute(rows)).scalars())


async def since(session: AsyncSession, start: datetime) -> list[Ticket]:
    """Give the tickets that came since then."""
    return list((await session.execute(select(Ticket).where(Ticket.started_at >= start))).scalars())
