"""What people do with customers' tickets in Slack: /triage, and the buttons and windows of cards."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.blocks import Block
from bot.errors import SwitchboardError
from bot.letters import messages as letter_messages
from bot.letters import modals as letter_modals
from bot.letters import replies, strays
from bot.letters import store as letters
from bot.letters.model import TAKEN
from bot.people import areas, availability, mornings
from bot.people import messages as people_messages
from bot.people import store as people
from bot.people.permissions import Rank
from bot.storage import inbox
from bot.suppliers import store as supplier_store
from bot.suppliers.desk import DESK as SUPPLIERS
from bot.triage import form, messages, modals, report, saved, store, tickets
from bot.triage.desk import DESK
from bot.triage.model import CLOSED, SavedReply, Ticket
from bot.triage.priority import LEVELS
from bot.words import _
from handlers import guard, home
from handlers import letters as letter_handlers
from handlers.people import HELPS
from handlers.routes import Request, action, command, shortcut, view

AREA = "triage"
HELPS[AREA] = lambda: _(messages.HELP)
_MOST_HOURS = 400


class NoSuchTicket(SwitchboardError):
    """There is no ticket of this number."""


@command("/triage")
async def triage(request: Request) -> None:
    """Hand a word on to whoever answers it."""
    async with request.services.database.read() as session:
        await areas.require(session, AREA)
    name, _space, _rest = request.text.partition(" ")
    name = name.lower().lstrip("#")
    if name.isdecimal():
        await _one(request, int(name))
        return
    known = _WORDS.get(name)
    if known is None:
        near = get_close_matches(name, [one for one in _WORDS if one], n=1, cutoff=0.6)
        await request.ack(text=people_messages.unknown_word(name, near[0] if near else None))
        return
    await known(request)


async def _help(request: Request) -> None:
    await request.ack(text=_(messages.HELP))


async def _queue(request: Request) -> None:
    await _list(request, None, _("Customers who wait"))


async def _mine(request: Request) -> None:
    await _list(request, request.person.id, _("Your customers"))


async def _list(request: Request, assignee_id: str | None, heading: str) -> None:
    async with request.services.database.read() as session:
        found = await store.held(session, assignee_id) if assignee_id else await store.queue(session)
        names = await people.names(session, {one.assignee_id for one in found})
    await request.ack(text=heading, blocks=messages.queue(found, names, heading))


async def _one(request: Request, number: int) -> None:
    async with request.services.database.read() as session:
        ticket = await store.get(session, number)
        if ticket is None:
            raise NoSuchTicket
        card = await DESK.card(session, ticket)
    await request.ack(text=card["text"], blocks=card["blocks"])


async def _new(request: Request) -> None:
    await request.open(modals.new())
    await request.ack()


async def _replies(request: Request) -> None:
    async with request.services.database.read() as session:
        known = await store.saved_replies(session)
    await request.ack(text=_("Saved replies"), blocks=messages.replies_list(known))


async def _report(request: Request) -> None:
    async with request.services.database.read() as session:
        shown = await report.compose(session, request.person, request.services.clock.now())
    await request.ack(text=_("Customers' mail"), blocks=shown)


async def _aside(request: Request) -> None:
    mailboxes = request.services.settings.mailboxes_of("customers")
    async with request.services.database.read() as session:
        found = await letters.set_aside(session, mailboxes)
    shown = letter_messages.aside_list(found, messages.BRING_BACK)
    await request.ack(text=_("Mails that were set aside"), blocks=shown)


async def _settings(request: Request) -> None:
    if not request.standing.is_admin:
        await request.ack(text=await guard.needs(request, Rank.ADMIN))
        return
    async with request.services.database.read() as session:
        shown = modals.settings(
            await store.hours(session), await store.watcher(session), await store.vips(session)
        )
    await request.open(shown)
    await request.ack()


_WORDS: dict[str, Callable[[Request], Awaitable[None]]] = {
    "": _queue,
    "queue": _queue,
    "mine": _mine,
    "new": _new,
    "replies": _replies,
    "report": _report,
    "aside": _aside,
    "settings": _settings,
    "help": _help,
}


# ---- "my customer says ..." ---------------------------------------------------------------------------


@shortcut("triage.customer_says")
async def customer_says(request: Request) -> None:
    """Open the window for a new ticket with the words of a message."""
    async with request.services.database.read() as session:
        await areas.require(session, AREA)
        said = str(request.body["message"].get("text", ""))
        text = blocks.unformat(said, await people.names(session, blocks.mentioned(said)))
    await request.open(modals.new(text))
    await request.ack()


@view(modals.NEW)
async def submit_new(request: Request) -> None:
    """Let what a customer said elsewhere arrive as a mail would."""
    address = (request.typed("address") or "").strip()
    if address and not form.is_address(address):
        sentence = _("This is not a mail address. It looks like harriet@mailbox.example.")
        await request.ack(response_action="errors", errors={"address": sentence})
        return
    filled = form.Form(
        text=(request.typed("text") or "").strip() or "…",
        email=address,
        name=request.typed("name") or "",
        subject=request.typed("subject") or "",
        order=request.typed("order") or "",
    )
    body, key = form.passed_on(filled, request.person.id), f"new:{request.body['trigger_id']}"
    async with request.transaction() as session:
        await inbox.enqueue(request.services.database, session, "triage", key, body, lane="triage")
    await request.ack()


# ---- the card -----------------------------------------------------------------------------------------


@action(messages.TAKE)
async def take(request: Request) -> None:
    """Let somebody take a ticket out of the hands they saw it in; one of two who try wins."""
    number, _colon, seen = request.value.partition(":")
    now = request.services.clock.now()
    async with request.transaction() as session:
        await tickets.take(session, int(number), request.person, now, seen=seen or None)
        await _redraw(request, session)
    await request.ack()


async def _redraw(request: Request, session: AsyncSession) -> None:
    """Bring up to date what the person looked at: their Home, or their morning."""
    if (request.body.get("view") or {}).get("type") == "home":
        await home.redraw(request, session)
    elif str(request.channel_id or "").startswith("D"):
        today = calendar.local(request.services.clock.now(), request.person.zone).date()
        await mornings.redraw(session, request.person, today)


@action(messages.CATEGORY)
async def choose_category(request: Request) -> None:
    """Put the category right in one click, and teach the sorting."""
    number, _colon, category = _chosen(request).partition(":")
    now = request.services.clock.now()
    async with request.transaction() as session:
        await tickets.correct(session, int(number), category, request.person, now)
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
    number, _colon, what = _chosen(request).partition(":")
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
    await request.open(shown)
    await request.ack()


def _chosen(request: Request) -> str:
    return str(request.body["actions"][0]["selected_option"]["value"])


@action(messages.SHOW)
async def show(request: Request) -> None:
    """Show a ticket with everything that was written in it."""
    async with request.services.database.read() as session:
        ticket = await session.get_one(Ticket, int(request.value))
        card = await DESK.card(session, ticket)
        theirs = [
            (one.arrived_at, (one.sender_name or one.sender_address, one, one.text))
            for one in await letters.mails(DESK, session, ticket.id)
        ]
        answers = await letters.answers(DESK, session, ticket.id)
        names = await people.names(session, {one.author_id for one in answers})
        ours: list[Any] = [
            (one.sent_at, (names.get(one.author_id, _("A colleague")), None, one.text)) for one in answers
        ]
        whole = [entry for _at, entry in sorted([*theirs, *ours], key=lambda one: one[0])]
    # Its first letter stands below with the others.
    facts = [one for one in card["blocks"] if one["type"] != "rich_text"]
    await request.open(modals.shown(ticket, whole, facts))
    await request.ack()


@view(modals.PRIORITY)
async def set_priority(request: Request) -> None:
    """Set how soon a ticket must be answered."""
    async with request.transaction() as session:
        now = request.services.clock.now()
        await tickets.prioritise(session, _ticket(request), request.typed("priority"), request.person, now)
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


@view(modals.ESCALATE)
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
    await request.ack()


@action(messages.CLOSE)
async def close(request: Request) -> None:
    """Open the window in which a ticket is closed."""
    async with request.services.database.read() as session:
        ticket = await session.get_one(Ticket, int(request.value))
    await request.open(modals.close(ticket))
    await request.ack()


@view(modals.CLOSE)
async def set_closed(request: Request) -> None:
    """Close a ticket."""
    async with request.transaction() as session:
        now = request.services.clock.now()
        await tickets.close(session, _ticket(request), request.typed("reason"), request.person, now)
    await request.ack()


@action(messages.REOPEN)
async def reopen(request: Request) -> None:
    """Open a ticket again."""
    async with request.transaction() as session:
        await tickets.reopen(session, int(request.value), request.services.clock.now())
    await request.ack()


@action(messages.BRING_BACK)
async def bring_back(request: Request) -> None:
    """Let a mail that was set aside arrive after all."""
    async with request.transaction() as session:
        stray = await strays.set_aside(session, int(request.value))
        stray.state, stray.decided_by = TAKEN, request.person.id
        await strays.arrive_anew(request.services.database, session, stray)
    await request.ack()


def _ticket(request: Request) -> int:
    return int(modals.carried(request.body["view"])["ticket"])


# ---- the window in which an answer is written ---------------------------------------------------------


@action(messages.USE_REPLY)
async def use_reply(request: Request) -> None:
    """Put a saved reply, filled in, below what was written so far."""
    carried = modals.carried(request.body["view"])
    desk, ticket_id = letter_handlers.named(carried["matter"])
    field, me = str(carried["field"]), request.person
    async with request.transaction() as session:
        one = await session.get_one(SavedReply, int(_chosen(request)))
        ticket = await session.get_one(Ticket, ticket_id)
        text = saved.fill(one.text, ticket, me.name, request.services.settings.shop_address.name)
        draft = await store_draft(request, session, ticket_id, request.typed(field) or "")
        draft.text = f"{draft.text}\n\n{text}".strip()
        number = int(field.removeprefix("text") or 1) + 1
        shown = await letter_handlers.write_view(request, session, desk, ticket_id, field=f"text{number}")
    await request.services.views.views_update(view_id=request.body["view"]["id"], view=shown)
    await request.ack()


async def store_draft(request: Request, session: AsyncSession, ticket_id: int, text: str) -> Any:
    """Keep what stands in the window, also when it is nothing."""
    now = request.services.clock.now()
    draft = await replies.begin(DESK, session, ticket_id, request.person.id, now)
    draft.text = text
    return draft


@action(messages.DRAFT)
async def draft(request: Request) -> None:
    """Let the model write a draft; it comes when it is there."""
    carried, ticket_id = modals.carried(request.body["view"]), int(request.value)
    desk, field = letter_handlers.named(carried["matter"])[0], str(carried["field"])
    async with request.transaction() as session:
        await store_draft(request, session, ticket_id, request.typed(field) or "")
        body, key = form.order(ticket_id, request.person.id), f"draft:{request.body['trigger_id']}"
        await inbox.enqueue(request.services.database, session, "triage", key, body)
        shown = await letter_handlers.write_view(
            request,
            session,
            desk,
            ticket_id,
            field=field,
            notice=_("A draft is being written. I tell you in the channel."),
        )
    await request.services.views.views_update(view_id=request.body["view"]["id"], view=shown)
    await request.ack()


# ---- saved replies and settings -----------------------------------------------------------------------


@action(messages.NEW_REPLY)
async def new_reply(request: Request) -> None:
    """Open the window for a new saved reply."""
    await request.open(modals.reply(None))
    await request.ack()


@action(messages.EDIT_REPLY)
async def edit_reply(request: Request) -> None:
    """Open the window of a saved reply."""
    async with request.services.database.read() as session:
        one = await session.get_one(SavedReply, int(request.value))
    await request.open(modals.reply(one))
    await request.ack()


@action(messages.DROP_REPLY)
async def drop_reply(request: Request) -> None:
    """Take a saved reply away."""
    async with request.transaction() as session:
        await saved.drop(session, int(request.value))
    gone = blocks.modal(modals.SHOWN, _("Saved reply"), [blocks.section(_("It is gone."))])
    await request.services.views.views_update(view_id=request.body["view"]["id"], view=gone)
    await request.ack()


@view(modals.KEEP_REPLY)
async def keep_reply(request: Request) -> None:
    """Keep a saved reply."""
    title, text = request.typed("title") or "", request.typed("text") or ""
    if wrong := saved.unknown(text):
        await request.ack(response_action="errors", errors={"text": wrong})
        return
    reply_id = modals.carried(request.body["view"])["reply"]
    try:
        async with request.transaction() as session:
            now = request.services.clock.now()
            await saved.keep(session, reply_id, title, text, request.person, now)
    except saved.TitleTaken as error:
        await request.ack(response_action="errors", errors={"title": error.sentence})
        return
    await request.ack()


@view(modals.SETTINGS, needs=Rank.ADMIN)
async def keep_settings(request: Request) -> None:
    """Keep how fast customers are answered, and who sees what."""
    typed = {name: (request.typed(name) or "").strip() for name in LEVELS}
    wrong = {
        name: _("A whole number of working hours, 1 to {most}.").format(most=_MOST_HOURS)
        for name, text in typed.items()
        if not (text.isdecimal() and 1 <= int(text) <= _MOST_HOURS)
    }
    if wrong:
        await request.ack(response_action="errors", errors=wrong)
        return
    hours = {name: int(text) for name, text in typed.items()}
    vips = [line.strip().lower() for line in (request.typed("vips") or "").splitlines() if line.strip()]
    async with request.transaction() as session:
        await people.set_setting(session, "triage.hours", hours)
        await people.set_setting(session, "triage.watcher", request.typed("watcher"))
        await people.set_setting(session, "triage.vips", vips)
        now = request.services.clock.now()
        await people.audit(session, now, request.person.id, "triage.settings", "", hours=hours)
    await request.ack()


# ---- a question to a supplier -------------------------------------------------------------------------


@action(messages.ASK_SUPPLIER)
async def ask_supplier(request: Request) -> None:
    """Open the window in which a question to a supplier begins."""
    async with request.services.database.read() as session:
        ticket = await session.get_one(Ticket, int(request.value))
        known = await supplier_store.latest_conversations(session)
    choices = [(conversation.id, supplier.name) for conversation, supplier in known]
    shown = modals.ask_supplier(ticket, choices)
    await request.services.views.views_update(view_id=request.body["view"]["id"], view=shown)
    await request.ack()


@view(modals.QUESTION)
async def question(request: Request) -> None:
    """Go on to the window in which suppliers are answered, with the question in it."""
    matter_id, text = int(request.typed("supplier")), request.typed("question") or ""
    async with request.transaction() as session:
        shown = await letter_handlers.write_view(request, session, SUPPLIERS, matter_id, text)
    await request.ack(response_action="push", view=shown)


# ---- Home ---------------------------------------------------------------------------------------------


@home.waits(AREA)
async def waiting(request: Request, session: AsyncSession) -> list[home.Waiting]:
    """Give the customers who wait for this person, and those nobody has taken in their departments."""
    if not await areas.is_on(session, AREA):
        return []
    mine = {one.id for one in await people.departments_of(session, request.person.id)}
    now = request.services.clock.now()
    found = [
        one
        for one in await store.queue(session)
        if one.assignee_id == request.person.id or (one.assignee_id is None and one.department_id in mine)
    ]
    return [home.Waiting(one.answer_by or now, _waiting_block(one)) for one in found]


def _waiting_block(ticket: Ticket) -> Block:
    if ticket.assignee_id is None:
        button = messages.take_button(ticket)
    elif ticket.customer_address and ticket.state != CLOSED:
        button = blocks.button(_("Reply"), letter_messages.REPLY, DESK.ref(ticket.id))
    else:
        button = blocks.button(_("Show"), messages.SHOW, ticket.id)
    return blocks.section(messages.line(ticket), accessory=button)


@home.section(AREA, order=30)
async def section(request: Request, session: AsyncSession) -> list[Block]:
    """Show how many customers wait."""
    if not await areas.is_on(session, AREA):
        return []
    found = await store.queue(session)
    return messages.home_section(found, request.services.channels.triage)
