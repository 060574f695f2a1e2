"""Asking without nagging: after three requests of one kind that nobody answered, it stops."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.people import store
from bot.people.model import Asking

MOST = 3


async def may_ask(session: AsyncSession, person_id: str, kind: str) -> bool:
    """Tell whether somebody still answers requests of this kind."""
    known = await store.asking(session, person_id, kind)
    return known is None or known.stopped_at is None


async def asked(session: AsyncSession, person_id: str, kind: str, now: datetime) -> bool:
    """Count a request; True when it is the one with which asking stops, so that the owner must be told."""
    known = await store.lock_asking(session, person_id, kind)
    if known is None:
        known = Asking(person_id=person_id, kind=kind, unanswered=0)
        session.add(known)
    known.unanswered += 1
    if known.unanswered > MOST and known.stopped_at is None:
        known.stopped_at = now
        return True
    return False


async def answered(session: AsyncSession, person_id: str, kind: str) -> None:
    """Note an answer: whoever answers is asked again."""
    if known := await store.lock_asking(session, person_id, kind):
        known.unanswered, known.stopped_at = 0, None
