"""What people do with a ticket: the buttons and windows of its card."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.blocks import Block
from bot.letters import modals as letter_modals
from bot.letters import store as letters
from bot.letters import strays
from bot.letters.model import TAKEN
from bot.people import availability, mornings
from bot.people import store as people
from bot.storage import outbox
from bot.triage import messages, modals, tickets
from bot.triage.desk import DESK
from bot.triage.model import Ticket
from bot.words import _
from handlers import guard, home, private
from handlers.routes import Request, action, view

# ---- the card -----------------------------------------------------------------------------------------


@action(messages.TAKE)
async def take(request: Request) -> None:
    """Let somebody take a ticket out of the hands they saw it in; one of two who try wins."""
    number, _colon, seen = request.value.partition(":")
    now = request.services.clock.now()
    try:
        async with request.transaction() as session:
            await tickets.take(session, int(number), request.person, now, seen=seen or None)
            await _redraw(request, session, int(number))
            shown = private.carrying(request, await _whole(request, session, int(number)))
    except tickets.TakenAlready as error:
        async with request.transaction() as session:
            if not await private.redraw(request, session, f"⚡ {blocks.escape(error.sentence)}"):
                raise
        await request.ack()
        return
    if (request.body.get("view") or {}).get("callback_id") == modals.SHOWN:
        await request.services.views.views_update(view_id=request.body["view"]["id"], view=shown)
    await request.ack()


async def _redraw(request: Request, session: AsyncSession, ticket_id: int) -> None:
    """Let the person see it where they pressed: at Home, in a message only they see, or on the card."""
    if (request.body.get("view") or {}).get("type") == "home":
        await home.redraw(request, session)
        return
    is_direct = str(request.channel_id or "").startswith("D")
    if is_direct:
        today = calendar.local(request.services.clock.now(), request.person.zone).date()
        await mornings.redraw(session, request.person, today)
    is_private = await private.redraw(request, session, messages.yours(ticket_id))
    if is_direct and not is_private:
        await outbox.add(session, guard.ephemeral(request, messages.yours(ticket_id)))


@action(messages.CATEGORY)
async def choose_category(request: Request) -> None:
    """Put the category right in one click, and teach the sorting."""
    number, _colon, category = request.chosen.partition(":")
    now = request.services.clock.now()
    async with request.transaction() as session:
        await tickets.correct(session, int(number), category, request.person, now)
        await private.redraw(request, session)
    await request.ack()


@action(messages.UNDO)
async def undo(request: Request) -> None:
    """Take a correction back."""
    async with request.transaction() as session:
        now = request.services.clock.now()
        await tickets.undo(session, int(request.value), request.person, now)
    await request.ack()


@action(messages.MORE)
async def more(request: Request) -> None:
    """Open what was chosen from a card's menu."""
    number, _colon, what = request.chosen.partition(":")
    today = calendar.local(request.services.clock.now(), request.person.zone).date()
    async with request.services.database.read() as session:
        ticket = await session.get_one(Ticket, int(number))
        match what:
            case "priority":
                shown = modals.priority(ticket)
            case "snooze":
                shown = modals.snooze(ticket, today)
            case "escalate":
                shown = modals.escalate(ticket, await people.departments(session))
            case "note":
                shown = letter_modals.note(DESK.ref(ticket.id))
            case _:
                shown = letter_modals.full_mail(await letters.first_mail(DESK, session, ticket.id))
    await private.open_window(request, shown)
    await request.ack()


@action(messages.SHOW)
async def show(request: Request) -> None:
    """Show a ticket with everything that was written in it."""
    async with request.services.database.read() as session:
        shown = await _whole(request, session, int(request.value))
    await private.open_window(request, shown)
    await request.ack()


async def _whole(request: Request, session: AsyncSession, ticket_id: int) -> Block:
    ticket = await session.get_one(Ticket, ticket_id)
    card = await DESK.card(session, ticket, reader=request.person.language)
    answers = await letters.answers(DESK, session, ticket_id)
    names = await people.names(session, {one.author_id for one in answers})
    written = [
        (one.arrived_at, one.sender_name or one.sender_address, one.text)
        for one in await letters.mails(DESK, session, ticket_id)
    ]
    written += [
        (one.sent_at or one.written_at, names.get(one.author_id, _("A colleague")), one.text)
        for one in answers
    ]
    # Its first letter stands below with the others.
    facts = [one for one in card["blocks"] if one["type"] != "rich_text"]
    return modals.shown(ticket, [(who, text) for _at, who, text in sorted(written)], facts)


@view(modals.PRIORITY)
async def set_priority(request: Request) -> None:
    """Set how soon a ticket must be answered."""
    async with request.transaction() as session:
        now = request.services.clock.now()
        await tickets.prioritise(session, _ticket(request), request.typed("priority"), request.person, now)
        await private.redraw(request, session)
    await request.ack()


@view(modals.SNOOZE)
async def set_snooze(request: Request) -> None:
    """Put a ticket off."""
    async with request.services.database.read() as session:
        until = await _until(request, session)
    if until is None or until <= request.services.clock.now():
        sentence = tickets.AlreadyPast().sentence if until else _("Choose the day.")
        await request.ack(response_action="errors", errors={"day": sentence})
        return
    async with request.transaction() as session:
        now = request.services.clock.now()
        await tickets.snooze(session, _ticket(request), until, request.person, now)
        await private.redraw(request, session)
    await request.ack()


async def _until(request: Request, session: AsyncSession) -> datetime | None:
    now, choice = request.services.clock.now(), request.typed("when")
    theirs = await availability.calendar_of(session, request.person, now)
    if choice == "0":
        return now + timedelta(hours=2)
    if choice == "date":
        day = request.typed("day")
        return calendar.resolve(date.fromisoformat(day), time(9), theirs.zone) if day else None
    today = theirs.today(now)
    try:
        back: date = calendar.add_working_days(theirs, today, int(choice))
    except calendar.NobodyWorks:
        back = today + timedelta(days=int(choice))
    return calendar.next_working_moment(theirs, calendar.resolve(back, time(), theirs.zone))


@view(modals.ESCALATE, once=True)
async def set_department(request: Request) -> None:
    """Hand a ticket to another department."""
    async with request.transaction() as session:
        await tickets.escalate(
            session,
            _ticket(request),
            int(request.typed("department")),
            request.typed("words") or "",
            request.person,
            request.services.clock.now(),
        )
        await private.redraw(request, session)
    await request.ack()


@action(messages.CLOSE)
async def close(request: Request) -> None:
    """Open the window in which a ticket is closed."""
    async with request.services.database.read() as session:
        ticket = await session.get_one(Ticket, int(request.value))
    await private.open_window(request, modals.close(ticket))
    await request.ack()


@view(modals.CLOSE)
async def set_closed(request: Request) -> None:
    """Close a ticket."""
    async with request.transaction() as session:
        now = request.services.clock.now()
        await tickets.close(session, _ticket(request), request.typed("reason"), request.person, now)
        await private.redraw(request, session)
    await request.ack()


@action(messages.REOPEN)
async def reopen(request: Request) -> None:
    """Open a ticket again."""
    async with request.transaction() as session:
        await tickets.reopen(session, int(request.value), request.services.clock.now())
        await private.redraw(request, session)
    await request.ack()


@action(messages.BRING_BACK)
async def bring_back(request: Request) -> None:
    """Let a mail that was set aside arrive after all."""
    async with request.transaction() as session:
        stray = await strays.set_aside(session, int(request.value))
        stray.state, stray.decided_by = TAKEN, request.person.id
        await strays.arrive_anew(session, stray)
        await private.redraw(request, session)
    await request.ack()


def _ticket(request: Request) -> int:
    return int(modals.carried(request.body["view"])["ticket"])
