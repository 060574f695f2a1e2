"""A round from its opening to its report: who is asked when, what they answer, what comes of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.errors import SwitchboardError
from bot.people import asking, availability, mornings, notices
from bot.people import store as people
from bot.people.model import Person
from bot.people.notices import Notice
from bot.rhythms import Rhythm, describe, next_dates
from bot.standups import messages, store
from bot.standups.model import (
    Asked,
    Change,
    Participant,
    Round,
    Standup,
    asked_on,
    closing,
    opening,
    rhythm_of,
)
from bot.storage import outbox, schedule
from bot.words import speaking

OPEN, REMIND, CLOSE = "standups.open", "standups.remind", "standups.close"
KIND = "standup"
# Before the cut-off, whoever has not answered is reminded once.
_REMIND_BEFORE = {0: timedelta(hours=2), 2: timedelta(hours=20)}


class NotAsked(SwitchboardError):
    """You are not asked in this round."""


class NothingSaid(SwitchboardError):
    """An answer needs some words."""


@dataclass(frozen=True)
class Plan:
    """What somebody filled in about a new standup."""

    name: str
    template: str
    rhythm: Rhythm
    hour: str
    channel_id: str
    person_ids: tuple[str, ...]


@dataclass(frozen=True)
class Shared:
    """A change as somebody wrote it."""

    what: str
    impact: str = ""
    action: str = ""
    owner_id: str | None = None
    due: date | None = None


async def begin(session: AsyncSession, plan: Plan, owner: Person, now: datetime) -> Standup:
    """Add a standup, and plan its first round."""
    standup = Standup(
        name=" ".join(plan.name.split()),
        template=plan.template,
        rhythm=plan.rhythm.to_dict(),
        hour=plan.hour,
        channel_id=plan.channel_id,
        owner_id=owner.id,
        state="active",
        created_at=now,
    )
    session.add(standup)
    await session.flush()
    for person_id in dict.fromkeys(plan.person_ids):
        session.add(Participant(standup_id=standup.id, person_id=person_id))
    await session.flush()
    await plan_next(session, standup, now)
    return standup


async def plan_next(session: AsyncSession, standup: Standup, now: datetime) -> None:
    """Plan the opening of the next round that is not there yet."""
    last = await store.last_round(session, standup.id)
    since = last.nominal if last else (now - timedelta(days=2)).date()
    for nominal in next_dates(rhythm_of(standup), since, 3):
        if opening(nominal) + timedelta(days=1) > now:
            key = f"{OPEN}:{standup.id}"
            await schedule.plan(session, key, OPEN, max(opening(nominal), now))
            return


async def open_round(
    session: AsyncSession, standup_id: int, nominal_at: datetime, now: datetime
) -> Round | None:
    """Open the round that is due: everybody is asked at their own hour of their own day."""
    standup = await session.get_one(Standup, standup_id)
    if standup.state != "active":
        return None
    nominal = _nominal(standup, nominal_at)
    everybody = await store.participants(session, standup.id)
    if not everybody or await store.round_on(session, standup.id, nominal):
        return None
    calendars = await availability.calendars(session, everybody, now)
    days = {one.id: asked_on(nominal, calendars[one.id]) for one in everybody}
    one = Round(
        standup_id=standup.id,
        nominal=nominal,
        opened_at=now,
        closes_at=closing(standup, days, calendars),
        state="open",
        report_id=None,
        themes=[],
    )
    session.add(one)
    await session.flush()
    for person in everybody:
        session.add(_asked(standup, one, person, days[person.id]))
    await session.flush()
    for person in everybody:
        await mornings.plan(session, person, now)
    before = _REMIND_BEFORE[standup.kind.open_days]
    await schedule.plan(session, f"{REMIND}:{one.id}", REMIND, one.closes_at - before)
    await schedule.plan(session, f"{CLOSE}:{one.id}", CLOSE, one.closes_at)
    return one


def _nominal(standup: Standup, due: datetime) -> date:
    """Give the date of the rhythm whose opening was due then, even when it opens late."""
    day = due.date() - timedelta(days=2)
    candidates = next_dates(rhythm_of(standup), day, 4)
    return max((one for one in candidates if opening(one) <= due), default=candidates[0])


def _asked(standup: Standup, one: Round, person: Person, day: date) -> Asked:
    # A daily round does not wait for who has a holiday: tomorrow there is another.
    state = "away" if standup.kind.open_days == 0 and day != one.nominal else "waiting"
    return Asked(
        round_id=one.id, person_id=person.id, day=day, state=state, reminded=False, answers=[],
        answered_at=None, is_late=False,
    )  # fmt: skip


async def share(
    session: AsyncSession, round_id: int, person: Person, shared: Shared, now: datetime, *, more: bool = False
) -> None:
    """Keep a change somebody shares; without `more` it replaces what they shared in this round before."""
    if not shared.what.strip():
        raise NothingSaid
    asked = await _take(session, round_id, person)
    kept = await store.own_changes(session, round_id, person.id)
    if not more:
        for change in kept:
            await session.delete(change)
    departments = await people.departments_of(session, person.id)
    change = Change(
        round_id=round_id,
        person_id=person.id,
        department=departments[0].name if departments else "",
        what=shared.what.strip(),
        impact=shared.impact.strip(),
        action=shared.action.strip(),
        owner_id=shared.owner_id or (_owner(shared.action) or person.id if shared.action.strip() else None),
        due=shared.due,
        state="open" if shared.action.strip() else "none",
    )
    session.add(change)
    answers = [shared.what.strip(), shared.action.strip()]
    await _answered(session, asked, answers if not more else [*asked.answers, *answers], person, now)


def _owner(action: str) -> str | None:
    mentioned = blocks.mentioned(action)
    return mentioned[0] if mentioned else None


async def answer(
    session: AsyncSession, round_id: int, person: Person, answers: list[str], now: datetime
) -> None:
    """Keep somebody's answers; they can be changed until the next round."""
    if not any(one.strip() for one in answers):
        raise NothingSaid
    asked = await _take(session, round_id, person)
    await _answered(session, asked, [one.strip() for one in answers], person, now)


async def skip(session: AsyncSession, round_id: int, person: Person, now: datetime) -> None:
    """Note that somebody has nothing to say this time: that is an answer, too."""
    asked = await _take(session, round_id, person)
    if asked.state != "answered":
        asked.state, asked.answered_at = "skipped", now
    await asking.answered(session, person.id, KIND)
    await _finish_if_complete(session, round_id, now)
    await mornings.redraw(session, person, asked.day)


async def _take(session: AsyncSession, round_id: int, person: Person) -> Asked:
    asked = await store.asked_one(session, round_id, person.id)
    if asked is None:
        raise NotAsked
    return asked


async def _answered(
    session: AsyncSession, asked: Asked, answers: list[str], person: Person, now: datetime
) -> None:
    one = await session.get_one(Round, asked.round_id)
    asked.state, asked.answers, asked.answered_at = "answered", answers, now
    asked.is_late = one.state == "closed"
    await session.flush()
    await asking.answered(session, person.id, KIND)
    if one.state == "closed":
        await show_report(session, one)
    else:
        await _finish_if_complete(session, one.id, now)
    await mornings.redraw(session, person, asked.day)


async def _finish_if_complete(session: AsyncSession, round_id: int, now: datetime) -> None:
    """Report at once when nobody is left to answer."""
    await session.flush()
    everybody = await store.asked_of(session, round_id)
    if all(one.state != "waiting" for one in everybody):
        await schedule.bring_forward(session, f"{CLOSE}:{round_id}", CLOSE, now)


async def remind(session: AsyncSession, round_id: int, now: datetime) -> None:
    """Remind, once, whoever has not answered and is not away; stop asking who never answers."""
    one = await session.get_one(Round, round_id)
    standup = await session.get_one(Standup, one.standup_id)
    waiting = [asked for asked in await store.asked_of(session, round_id) if asked.state == "waiting"]
    everybody = {
        person.id: person for person in await people.several(session, [a.person_id for a in waiting])
    }
    away = await availability.away(session, list(everybody.values()), now)
    for asked in waiting:
        person = everybody.get(asked.person_id)
        if person is None or person.id in away or asked.reminded:
            continue
        asked.reminded = True
        if not await asking.may_ask(session, person.id, KIND):
            continue
        with speaking(person.language):
            text, shown = messages.reminder(standup, one)
            notice = Notice(f"{KIND}:{one.id}:{person.id}:reminder", KIND, text, shown)
            await notices.tell(session, person, notice, now)


async def close(session: AsyncSession, round_id: int, now: datetime) -> bool:
    """Close a round, post its report and plan the next; False when it was closed before."""
    one = await store.lock_round(session, round_id)
    if one.state == "closed":
        return False
    standup = await session.get_one(Standup, one.standup_id)
    one.state = "closed"
    await _count_the_silent(session, standup, one, now)
    await schedule.drop(session, f"{REMIND}:{round_id}")
    await show_report(session, one)
    await plan_next(session, standup, now)
    return True


async def _count_the_silent(session: AsyncSession, standup: Standup, one: Round, now: datetime) -> None:
    waiting = [asked for asked in await store.asked_of(session, one.id) if asked.state == "waiting"]
    everybody = {p.id: p for p in await people.several(session, [asked.person_id for asked in waiting])}
    absences = await people.absences(session, list(everybody), one.opened_at)
    for asked in waiting:
        if any(row.person_id == asked.person_id and row.starts_at <= one.closes_at for row in absences):
            asked.state = "away"
        elif asked.person_id in everybody and await asking.asked(session, asked.person_id, KIND, now):
            owner = await people.get(session, standup.owner_id)
            if owner:
                text = messages.stopped_asking(everybody[asked.person_id], standup)
                key = f"{KIND}:{one.id}:{asked.person_id}:stopped"
                await notices.tell(session, owner, Notice(key, KIND, text), now)
    await session.flush()


async def show_report(session: AsyncSession, one: Round) -> None:
    """Post the report of a closed round, or draw it anew after a late answer or a closed action."""
    await session.flush()
    standup = await session.get_one(Standup, one.standup_id)
    report = await compose(session, standup, one)
    if one.report_id is None:
        post = outbox.Draft(
            key=f"{KIND}:{one.id}:report",
            kind="slack.post",
            lane=f"slack:{standup.channel_id}",
            payload={"channel": standup.channel_id, **report},
        )
        one.report_id = await outbox.add(session, post)
        return
    update = outbox.Draft(
        key=f"{KIND}:{one.id}:report:{outbox.new_uid()}",
        kind="slack.update",
        lane=f"slack:{standup.channel_id}",
        payload=report,
        after_id=one.report_id,
        topic=f"{KIND}:{one.id}:report",
    )
    await outbox.add(session, update)


async def compose(session: AsyncSession, standup: Standup, one: Round) -> messages.Report:
    """Make the report of a round as it stands."""
    asked = await store.asked_of(session, one.id)
    changes = await store.changes_of(session, one.id)
    carried = [
        change
        for change in await store.open_actions(session, standup_id=standup.id)
        if change.round_id != one.id
    ]
    ids: Collection[str | None] = {
        *(row.person_id for row in asked), *(change.owner_id for change in (*changes, *carried)),
    }  # fmt: skip
    names = await people.names(session, ids)
    return messages.report(standup, one, asked, changes, carried, names)


async def close_action(session: AsyncSession, change_id: int, person: Person, now: datetime) -> None:
    """Note that an action is done; the report it stands in shows it."""
    change = await session.get_one(Change, change_id)
    if change.state != "open":
        return
    change.state, change.closed_by, change.closed_at = "done", person.id, now
    one = await session.get_one(Round, change.round_id)
    if one.state == "closed":
        await show_report(session, one)


async def set_state(session: AsyncSession, standup_id: int, state: str, now: datetime) -> Standup:
    """Pause a standup, let it go on, or end it."""
    standup = await session.get_one(Standup, standup_id)
    standup.state = state
    if state == "active":
        await plan_next(session, standup, now)
    else:
        await schedule.drop(session, f"{OPEN}:{standup_id}")
    return standup


async def announce(session: AsyncSession, plan: Plan, owner: Person) -> None:
    """Tell the channel that reports will come here; the bot joins it for that."""
    rhythm = messages.rhythm_words(describe(plan.rhythm))
    text = messages.announcement(plan.name, owner.name, rhythm, plan.hour)
    lane = f"slack:{plan.channel_id}"
    join = outbox.Draft(
        key=f"join:{plan.channel_id}:{outbox.new_uid()}",
        kind="slack.join",
        lane=lane,
        payload={"channel": plan.channel_id},
    )
    await outbox.add(session, join)
    post = outbox.Draft(
        key=f"{KIND}:announce:{outbox.new_uid()}",
        kind="slack.post",
        lane=lane,
        payload={"channel": plan.channel_id, "text": text, "blocks": [blocks.section(text)]},
    )
    await outbox.add(session, post)
