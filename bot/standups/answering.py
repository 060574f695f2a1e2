"""What people answer in a round, early, in time or late, and what becomes of it at once."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.errors import SwitchboardError
from bot.people import asking
from bot.people import store as people
from bot.people.model import Person, known_zone
from bot.standups import reading, rounds, store
from bot.standups.model import Asked, Change, Round


class NotAsked(SwitchboardError):
    """You are not asked in this round."""


class RoundIsOver(SwitchboardError):
    """The next round has begun. */standup answer* opens it."""


class NothingSaid(SwitchboardError):
    """Say in a few words what changed, or press *Nothing this time*."""


class NothingAnswered(SwitchboardError):
    """Answer at least one of the questions, or press *Nothing this time*."""


@dataclass(frozen=True)
class Shared:
    """A change as somebody wrote it. `change_id`: the one it takes the place of."""

    what: str
    impact: str = ""
    action: str = ""
    owner_id: str | None = None
    due: date | None = None
    change_id: int | None = None


async def share(
    session: AsyncSession, round_id: int, person: Person, shared: Shared, now: datetime, *, more: bool = False
) -> None:
    """Keep a change somebody shares: `more` adds one, else theirs is changed where there is one."""
    if not shared.what.strip():
        raise NothingSaid
    one, asked = await _take(session, round_id, person)
    kept = list(await store.own_changes(session, round_id, person.id))
    change = None if more else next((row for row in kept if row.id == shared.change_id), None)
    if change is None and kept and not more:
        change = kept[0]
    if change is None:
        change = await _new(session, round_id, person)
        kept.append(change)
    _write(change, await _understood(session, one, shared, person, now), person)
    answers = [text for row in kept for text in (row.what, row.action)]
    await _answered(session, one, asked, answers, person, now)


async def _new(session: AsyncSession, round_id: int, person: Person) -> Change:
    departments = await people.departments_of(session, person.id)
    change = Change(
        round_id=round_id,
        person_id=person.id,
        department=departments[0].name if departments else "",
        what="", impact="", action="", owner_id=None, due=None,
        state="none", closed_by=None, closed_at=None,
    )  # fmt: skip
    session.add(change)
    return change


def _write(change: Change, shared: Shared, person: Person) -> None:
    action = shared.action.strip()
    # An action that is done stays done while its words stay the same.
    if action != change.action:
        change.state = "open" if action else "none"
        change.closed_by = change.closed_at = None
    change.what, change.impact, change.action = shared.what.strip(), shared.impact.strip(), action
    change.owner_id = (shared.owner_id or person.id) if action else None
    change.due = shared.due if action else None


async def _understood(
    session: AsyncSession, one: Round, shared: Shared, person: Person, now: datetime
) -> Shared:
    """Read from the action who shall do it and by when, where that was not chosen in the window."""
    if not shared.action.strip() or (shared.owner_id and shared.due):
        return shared
    names = {each.id: each.name for each in await people.colleagues(session)}
    among = [each.id for each in await store.participants(session, one.standup_id)]
    today = calendar.local(now, known_zone(person.zone)).date()
    found = reading.read(shared.action, today, names, among)
    return replace(
        shared,
        action=found.action,
        owner_id=shared.owner_id or found.owner_id,
        due=shared.due or found.due,
    )


async def answer(
    session: AsyncSession, round_id: int, person: Person, answers: list[str], now: datetime
) -> None:
    """Keep somebody's answers; they can be changed until the next round."""
    if not any(one.strip() for one in answers):
        raise NothingAnswered
    one, asked = await _take(session, round_id, person)
    await _answered(session, one, asked, [text.strip() for text in answers], person, now)


async def skip(session: AsyncSession, round_id: int, person: Person, now: datetime) -> None:
    """Note that somebody has nothing to say this time: that is an answer, too."""
    one, asked = await _take(session, round_id, person)
    if asked.state != "answered":
        asked.state, asked.answered_at = "skipped", now
    await _heard(session, one, asked, person, now)


async def _take(session: AsyncSession, round_id: int, person: Person) -> tuple[Round, Asked]:
    """Hold the round: who answers last, and whether it is closed, is the same for everybody."""
    one = await store.lock_round(session, round_id)
    asked = await store.asked_one(session, round_id, person.id)
    if asked is None:
        raise NotAsked
    if one.state == "closed" and await store.is_followed(session, one):
        raise RoundIsOver
    return one, asked


async def _answered(
    session: AsyncSession, one: Round, asked: Asked, answers: list[str], person: Person, now: datetime
) -> None:
    is_first = asked.state != "answered"
    asked.state, asked.answers, asked.answered_at = "answered", answers, now
    asked.is_late = one.state == "closed" if is_first else asked.is_late
    await _heard(session, one, asked, person, now)


async def _heard(session: AsyncSession, one: Round, asked: Asked, person: Person, now: datetime) -> None:
    await session.flush()
    await asking.answered(session, person.id, rounds.KIND)
    await people.withdraw_notices(session, rounds.reminder_key(one.id, person.id))
    if one.state == "closed":
        await rounds.show_report(session, one)
    else:
        await rounds.close_if_complete(session, one, now)
    await rounds.redraw_ask(session, one, asked, person)
