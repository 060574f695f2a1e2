"""What people do with customers' tickets in Slack: /triage, and the buttons and windows of cards."""

from collections.abc import Awaitable, Callable
from difflib import get_close_matches

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.errors import SwitchboardError
from bot.letters import messages as letter_messages
from bot.letters import store as letters
from bot.people import areas
from bot.people import messages as people_messages
from bot.people import store as people
from bot.people.permissions import Rank
from bot.storage import inbox
from bot.triage import form, messages, modals, report, store
from bot.triage.desk import DESK
from bot.triage.model import CLOSED, Ticket
from bot.words import _
from handlers import guard, home, private
from handlers.people import HELPS
from handlers.routes import Request, command, shortcut, view

AREA = "triage"
# Messages that only whoever asked sees.
_QUEUE, _MINE, _TICKET = "triage-queue", "triage-mine", "triage-ticket"
_REPLIES, _ASIDE = "triage-replies", "triage-aside"
HELPS[AREA] = lambda: _(messages.HELP)


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
    await private.answer(request, _QUEUE)


async def _mine(request: Request) -> None:
    await private.answer(request, _MINE)


@private.message(_QUEUE)
async def queue_message(_request: Request, session: AsyncSession, _about: str) -> tuple[str, list[Block]]:
    """Give the customers who wait, the most pressing first."""
    return await _list(session, await store.queue(session), _("Customers who wait"))


@private.message(_MINE)
async def mine_message(request: Request, session: AsyncSession, _about: str) -> tuple[str, list[Block]]:
    """Give what is in the hands of whoever asked."""
    return await _list(session, await store.held(session, request.person.id), _("Your customers"))


async def _list(session: AsyncSession, found: list[Ticket], heading: str) -> tuple[str, list[Block]]:
    names = await people.names(session, {one.assignee_id for one in found})
    return heading, messages.queue(found, names, heading)


async def _one(request: Request, number: int) -> None:
    await private.answer(request, _TICKET, str(number))


@private.message(_TICKET)
async def ticket_message(request: Request, session: AsyncSession, about: str) -> tuple[str, list[Block]]:
    """Give one ticket, in the language of whoever asked."""
    ticket = await store.get(session, int(about))
    if ticket is None:
        raise NoSuchTicket
    card = await DESK.card(session, ticket, reader=request.person.language)
    return card["text"], card["blocks"]


async def _new(request: Request) -> None:
    await request.open(modals.new())
    await request.ack()


async def _replies(request: Request) -> None:
    await private.answer(request, _REPLIES)


@private.message(_REPLIES)
async def replies_message(_request: Request, session: AsyncSession, _about: str) -> tuple[str, list[Block]]:
    """Give the saved replies."""
    return _("Saved replies"), messages.replies_list(await store.saved_replies(session))


async def _report(request: Request) -> None:
    async with request.services.database.read() as session:
        shown = await report.compose(session, request.person, request.services.clock.now())
    await request.ack(text=_("Customers' mail"), blocks=shown)


async def _aside(request: Request) -> None:
    await private.answer(request, _ASIDE)


@private.message(_ASIDE)
async def aside_message(request: Request, session: AsyncSession, _about: str) -> tuple[str, list[Block]]:
    """Give what was set aside, each with the way back."""
    found = await letters.set_aside(session, request.services.settings.mailboxes_of("customers"))
    return _("Mails that were set aside"), letter_messages.aside_list(found, messages.BRING_BACK)


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


@view(modals.NEW, once=True)
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
        await inbox.enqueue(session, "triage", key, body, lane="triage")
    await request.ack()


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
    return [home.Waiting(one.answer_by or now, _waiting_block(one), outside=True) for one in found]


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
