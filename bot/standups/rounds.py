"""A round from its opening to its report: who is asked when, what they answer, what comes of it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.errors import SwitchboardError
from bot.letters import cards
from bot.people import asking, availability, mornings, notices
from bot.people import store as people
from bot.people.model import Person
from bot.people.notices import Notice
from bot.rhythms import Rhythm, describe
from bot.standups import messages, report, store
from bot.standups.model import (
    Asked,
    Change,
    Participant,
    Round,
    Standup,
    asked_on,
    closing,
    coming,
    opening,
    rhythm_of,
)
from bot.storage import outbox, schedule
from bot.words import SHOP, speaking

OPEN, REMIND, CLOSE = "standups.open", "standups.remind", "standups.close"
KIND = "standup"
# What the delivery of a report is for: its failure is told to the owner.
REPORT = "standups.report"
ACTIVE, PAUSED, ENDED = "active", "paused", "ended"


class ActionGone(SwitchboardError):
    """This action is no longer there."""


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
class Changed:
    """What somebody wants a standup to be from now on."""

    name: str
    hour: str
    channel_id: str
    person_ids: tuple[str, ...]


async def begin(session: AsyncSession, plan: Plan, owner: Person, now: datetime) -> Standup:
    """Add a standup, and plan its first round."""
    standup = Standup(
        name=" ".join(plan.name.split()),
        template=plan.template,
        rhythm=plan.rhythm.to_dict(),
        hour=plan.hour,
        channel_id=plan.channel_id,
        owner_id=owner.id,
        state=ACTIVE,
        created_at=now,
    )
    session.add(standup)
    await session.flush()
    for person_id in dict.fromkeys(plan.person_ids):
        session.add(Participant(standup_id=standup.id, person_id=person_id))
    await session.flush()
    first = await next_opening(session, standup, date.min, now)
    if first is not None:
        await schedule.plan(session, f"{OPEN}:{standup.id}", OPEN, first)
    return standup


async def next_opening(
    session: AsyncSession, standup: Standup, after: date, now: datetime
) -> datetime | None:
    """Give when the next round later than `after` opens; it may have been due a while ago. None: no more."""
    if standup.state == ENDED:
        return None
    calendars = await availability.calendars(session, await store.participants(session, standup.id), now)
    following = coming(rhythm_of(standup), standup.wall, calendars.values(), after, now, 1)
    return opening(following[0]) if following else None


async def open_round(session: AsyncSession, standup: Standup, nominal: date, now: datetime) -> Round | None:
    """Open the round of a date: everybody is asked at their own hour of their own day.

    None when nobody is to be asked, it is over already, or the standup rests.
    """
    everybody = await store.participants(session, standup.id)
    calendars = await availability.calendars(session, everybody, now)
    kind = standup.kind
    closes_at = closing(standup.wall, kind.open_days, nominal, calendars.values())
    is_over = closes_at is None or closes_at <= now
    if standup.state != ACTIVE or is_over or await store.round_on(session, standup.id, nominal):
        return None
    assert closes_at is not None
    one = Round(
        standup_id=standup.id,
        nominal=nominal,
        opened_at=now,
        closes_at=closes_at,
        state="open",
        report_id=None,
        themes=[],
    )
    session.add(one)
    await session.flush()
    for person in everybody:
        session.add(_asked(standup, one, person, asked_on(nominal, calendars[person.id])))
    await session.flush()
    await schedule.plan(session, f"{REMIND}:{one.id}", REMIND, max(closes_at - kind.remind_before, now))
    await schedule.plan(session, f"{CLOSE}:{one.id}", CLOSE, closes_at)
    return one


def _asked(standup: Standup, one: Round, person: Person, day: date) -> Asked:
    # A daily round does not wait for who has a holiday: tomorrow there is another.
    state = "away" if standup.kind.open_days == 0 and day != one.nominal else "waiting"
    return Asked(
        round_id=one.id, person_id=person.id, day=day, state=state, reminded=False, answers=[],
        answered_at=None, is_late=False,
    )  # fmt: skip


async def close_if_complete(session: AsyncSession, one: Round, now: datetime) -> None:
    """Report at once when nobody is left to answer: all others have, are away until the end, or have left."""
    waiting = await store.waiting(session, one.id)
    if waiting:
        absences = await people.absences(session, waiting, one.closes_at)
        gone = {row.person_id for row in absences if row.starts_at <= now}
        if set(waiting) - gone:
            return
    await schedule.bring_forward(session, f"{CLOSE}:{one.id}", CLOSE, now)


def reminder_key(round_id: int, person_id: str) -> str:
    """Name the reminder, so that an answer can take it back."""
    return f"{KIND}:{round_id}:{person_id}:reminder"


async def remind(session: AsyncSession, round_id: int, now: datetime) -> None:
    """Remind, once, whoever has not answered and is not away; stop asking who never answers."""
    one = await store.lock_round(session, round_id)
    standup = await session.get_one(Standup, one.standup_id)
    if standup.state != ACTIVE or one.state == "closed":
        return
    waiting = [asked for asked in await store.asked_of(session, round_id) if asked.state == "waiting"]
    everybody = {
        person.id: person
        for person in await people.several(session, [asked.person_id for asked in waiting])
        if person.is_colleague
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
            notice = Notice(reminder_key(one.id, person.id), KIND, text, shown)
            await notices.tell(session, person, notice, now)


async def close(session: AsyncSession, round_id: int, now: datetime) -> Round | None:
    """Close a round and post its report; None when it was closed before."""
    one = await store.lock_round(session, round_id)
    if one.state == "closed":
        return None
    standup = await session.get_one(Standup, one.standup_id)
    one.state = "closed"
    await _settle_the_silent(session, standup, one, now)
    await schedule.drop(session, f"{REMIND}:{round_id}")
    # One that was paused or ended on the way says what it got, and nothing when it got nothing.
    if standup.state == ACTIVE or await store.has_answers(session, round_id):
        await show_report(session, one)
    return one


async def _settle_the_silent(session: AsyncSession, standup: Standup, one: Round, now: datetime) -> None:
    """Note who was away, forget who has left, and count how often the others have not answered."""
    waiting = [asked for asked in await store.asked_of(session, one.id) if asked.state == "waiting"]
    everybody = {p.id: p for p in await people.several(session, [asked.person_id for asked in waiting])}
    absences = await people.absences(session, list(everybody), one.opened_at)
    for asked in waiting:
        person = everybody.get(asked.person_id)
        if person is None or not person.is_colleague:
            await session.delete(asked)
            continue
        await people.withdraw_notices(session, reminder_key(one.id, person.id))
        if any(row.person_id == person.id and row.starts_at <= one.closes_at for row in absences):
            asked.state = "away"
        elif standup.state == ACTIVE and await asking.asked(session, person.id, KIND, now):
            say = partial(messages.stopped_asking, person, standup)
            await _tell_owner(session, standup, f"{one.id}:{person.id}:stopped", say, now)
    await session.flush()


async def show_report(session: AsyncSession, one: Round) -> None:
    """Post the report of a closed round, or draw it anew after a late answer or a closed action."""
    await session.flush()
    standup = await session.get_one(Standup, one.standup_id)
    with speaking(SHOP):
        drawn = await compose(session, standup, one)
    if one.report_id is None:
        post = outbox.Draft(
            key=f"{KIND}:{one.id}:report:{standup.channel_id}",
            kind="slack.post",
            lane=f"slack:{standup.channel_id}",
            payload={"channel": standup.channel_id, **drawn},
            purpose=REPORT,
            subject_id=one.id,
        )
        one.report_id = await outbox.add(session, post)
        return
    update = outbox.Draft(
        key=f"{KIND}:{one.id}:report:{outbox.new_uid()}",
        kind="slack.update",
        lane=f"slack:{standup.channel_id}",
        payload=drawn,
        after_id=one.report_id,
        topic=f"{KIND}:{one.id}:report",
    )
    await outbox.add(session, update)


async def compose(session: AsyncSession, standup: Standup, one: Round) -> report.Report:
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
    return report.draw(standup, one, asked, changes, carried, names)


async def close_action(session: AsyncSession, change_id: int, person: Person, now: datetime) -> None:
    """Note that an action is done; every report and message that shows it as open is drawn anew."""
    change = await session.get(Change, change_id)
    if change is None:
        raise ActionGone
    one = await session.get_one(Round, change.round_id)
    last = await store.last_closed(session, one.standup_id)
    # Of two who close actions at once the second draws what both closed.
    rounds = [
        await store.lock_round(session, row_id) for row_id in sorted({one.id, last.id if last else one.id})
    ]
    await session.refresh(change)
    if change.state != "open":
        return
    change.state, change.closed_by, change.closed_at = "done", person.id, now
    for shown in rounds:
        if shown.state == "closed":
            await show_report(session, shown)
    for row, asked in await store.asked_lately(session, one.standup_id, person.id):
        await redraw_ask(session, row, asked, person)


async def set_state(session: AsyncSession, standup: Standup, state: str, now: datetime) -> None:
    """Pause a standup, let it go on, or end it. While it rests its dates pass without a round."""
    standup.state = state
    key = f"{OPEN}:{standup.id}"
    if state == ACTIVE and await schedule.planned(session, key) is None:
        last = await store.last_round(session, standup.id)
        following = await next_opening(session, standup, last.nominal if last else date.min, now)
        if following is not None:
            await schedule.plan(session, key, OPEN, following)


async def change(session: AsyncSession, standup: Standup, wanted: Changed, now: datetime) -> None:
    """Change what can be changed of a standup; who is new is asked from the next round on."""
    standup.name, standup.hour = " ".join(wanted.name.split()), wanted.hour
    await store.set_participants(session, standup.id, wanted.person_ids)
    for row in await store.open_rounds(session, standup.id):
        one = await store.lock_round(session, row.id)  # else it took an answer away that is just being given
        if one.state == "closed":
            continue
        for asked in await store.asked_of(session, one.id):
            if asked.state == "waiting" and asked.person_id not in wanted.person_ids:
                await session.delete(asked)
        await session.flush()
        await close_if_complete(session, one, now)
    if standup.channel_id != wanted.channel_id:
        standup.channel_id = wanted.channel_id
        await outbox.add(session, cards.join(wanted.channel_id))
        last = await store.last_closed(session, standup.id)
        if last is not None and await store.report_failed(session, last):
            last.report_id = None
            await show_report(session, last)


async def report_failed(session: AsyncSession, one: Round, reason: str, now: datetime) -> None:
    """Tell the owner that a report could not be posted, and what to do."""
    standup = await session.get_one(Standup, one.standup_id)
    say = partial(messages.not_posted, standup, reason)
    await _tell_owner(session, standup, f"{one.id}:{standup.channel_id}:not-posted", say, now)


async def _tell_owner(
    session: AsyncSession, standup: Standup, key: str, say: Callable[[], str], now: datetime
) -> None:
    """Tell the owner something, in their language, while they are still there."""
    owner = await people.get(session, standup.owner_id)
    if owner is not None and owner.is_colleague:
        with speaking(owner.language):
            await notices.tell(session, owner, Notice(f"{KIND}:{key}", KIND, say()), now)


async def redraw_ask(session: AsyncSession, one: Round, asked: Asked, person: Person) -> None:
    """Draw the message that asked somebody anew, once it was sent."""
    morning = await store.asked_in(session, one, asked)
    if morning is not None:
        await mornings.redraw(session, person, morning)


async def announce(session: AsyncSession, plan: Plan, owner: Person) -> None:
    """Tell the channel that reports will come here; the bot joins it for that."""
    names = [one.name for one in await people.several(session, plan.person_ids)]
    with speaking(SHOP):
        rhythm = messages.rhythm_words(describe(plan.rhythm))
        text = messages.announcement(plan.name, owner.name, rhythm, plan.hour, names)
    lane = f"slack:{plan.channel_id}"
    await outbox.add(session, cards.join(plan.channel_id))
    post = outbox.Draft(
        key=f"{KIND}:announce:{outbox.new_uid()}",
        kind="slack.post",
        lane=lane,
        payload={"channel": plan.channel_id, "text": text, "blocks": [blocks.section(text)]},
    )
    await outbox.add(session, post)
