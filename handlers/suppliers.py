"""What people do with suppliers in Slack: /supplier, and the buttons and windows of cards."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.letters import cards
from bot.letters import messages as letters
from bot.letters import store as letter_store
from bot.letters.model import Stray
from bot.mail.parse import parse
from bot.people import store as people
from bot.storage import blobs, outbox
from bot.suppliers import care, directory, history, messages, modals, store, strays
from bot.suppliers.model import Supplier
from bot.words import _
from handlers import home, private
from handlers.guard import ephemeral
from handlers.routes import Request, action, command, view

# A message that only whoever asked sees.
_ASIDE = "suppliers-aside"


@command("/supplier")
async def supplier(request: Request) -> None:
    """Show suppliers, one of them, or what was set aside; or open the window that adds one."""
    word = request.text
    match word.lower():
        case "help":
            await request.ack(text=_(messages.HELP))
        case "add":
            await request.open(modals.add())
            await request.ack()
        case "aside":
            await private.answer(request, _ASIDE)
        case "":
            await _list(request)
        case _:
            await _show(request, word)


@private.message(_ASIDE)
async def aside_message(
    request: Request, session: AsyncSession, _about: str
) -> tuple[str, list[blocks.Block]]:
    """Give what was set aside, each with the way back."""
    aside = await letter_store.set_aside(session, request.services.settings.mailboxes_of("suppliers"))
    return _("Mails that were set aside"), letters.aside_list(aside, messages.BRING_BACK)


async def _list(request: Request) -> None:
    async with request.services.database.read() as session:
        everybody = await store.all_suppliers(session)
        waiting = await store.waiting_counts(session)
    shown = messages.supplier_list(everybody, waiting, request.services.clock.now())
    await request.ack(text=_("Suppliers"), blocks=shown)


async def _show(request: Request, word: str) -> None:
    async with request.services.database.read() as session:
        found = await store.called(session, word)
        if found is None:
            text = messages.unknown_supplier(word, await directory.nearest(session, word))
            await request.ack(text=text)
            return
        contacts = await store.contacts(session, found.id)
        waiting = [conversation for conversation, _ in await store.waiting_conversations(session, found.id)]
        names = await people.names(session, [found.owner_id])
    now = request.services.clock.now()
    shown = messages.supplier_card(found, contacts, waiting, names.get(found.owner_id or ""), now)
    await request.ack(text=blocks.escape(found.name), blocks=shown)


# ---- reading and adding -------------------------------------------------------------------------------


@view(modals.ADD)
async def add(request: Request) -> None:
    """Add a supplier or an address; what waited from there moves to the suppliers' channel."""
    typed = request.typed
    existing = typed("existing")
    entry = directory.Entry(
        address=typed("address") or "",
        contact=typed("contact") or "",
        existing_id=int(existing) if existing else None,
        name=typed("name") or "",
        zone=typed("zone") or "",
        country=typed("country") or "",
        language=typed("language") or "",
        owner_id=typed("owner"),
        channel_id=typed("channel"),
    )
    async with request.services.database.read() as session:
        wrong = await directory.mistakes(session, entry)
    if wrong:
        await request.ack(response_action="errors", errors=wrong)
        return
    async with request.transaction() as session:
        contact = await directory.add(session, entry, request.person, request.services.clock.now())
        if entry.channel_id:
            await outbox.add(session, cards.join(entry.channel_id))
        await strays.take_in(session, contact.address, request.person.id)
    await request.ack()


@action(messages.ADD_STRAY)
async def add_stray(request: Request) -> None:
    """Open the window that makes a supplier of an unknown sender."""
    async with request.services.database.read() as session:
        stray = await strays.look(session, int(request.value))
        known = await store.all_suppliers(session)
        likely = await store.supplier_of_domain(session, stray.sender_address)
    await request.open(modals.add(stray=stray, known=known, likely=likely))
    await request.ack()


@action(messages.ADD_TO)
async def add_to(request: Request) -> None:
    """Add a sender to the supplier whose domain they write from."""
    stray_id, _colon, supplier_id = request.value.partition(":")
    services = request.services
    async with request.transaction() as session:
        await strays.add_to(session, int(stray_id), int(supplier_id), request.person, services.clock.now())
    await request.ack()


@action(messages.REFUSE_STRAY)
async def refuse_stray(request: Request) -> None:
    """Set a sender's mail aside, this one and all that will come."""
    async with request.transaction() as session:
        await strays.refuse(session, int(request.value), request.person.id, request.services.clock.now())
    await request.ack()


@action(messages.BRING_BACK)
async def bring_back(request: Request) -> None:
    """Put a mail that was set aside before the team again."""
    services = request.services
    async with request.transaction() as session:
        stray_id, me = int(request.value), request.person.id
        await strays.bring_back(session, stray_id, me, services.channels)
        if not await private.redraw(request, session, "✓ " + _(messages.BROUGHT_BACK)):
            await outbox.add(session, ephemeral(request, _(messages.BROUGHT_BACK)))
    await request.ack()


@action(messages.SHOW_STRAY)
async def show_stray(request: Request) -> None:
    """Show the whole text of a mail from an unknown sender."""
    async with request.services.database.read() as session:
        stray = await session.get_one(Stray, int(request.value))
        raw = await blobs.get(session, stray.sha256)
    mail = await asyncio.to_thread(parse, raw)
    await request.open(modals.full_stray(stray, "\n\n".join(filter(None, (mail.text, mail.quoted)))))
    await request.ack()


@action(messages.HISTORY)
async def show_history(request: Request) -> None:
    """Show all that was written to and by a supplier."""
    async with request.services.database.read() as session:
        found = await session.get_one(Supplier, int(request.value))
        entries, more = await history.of(session, found.id)
    await request.open(modals.history(found, entries, more=more))
    await request.ack()


# ---- Home ---------------------------------------------------------------------------------------------


@home.waits("suppliers")
async def waiting(request: Request, session: AsyncSession) -> list[home.Waiting]:
    """Give the conversations in which a supplier waits for this person, or for their department."""
    mine = await care.cares_for(session, request.person, leads_only=False)
    found = [one for one in await store.waiting_conversations(session) if care.responsible(*one) in mine]
    now = request.services.clock.now()
    blocks_of = messages.waiting_list(found)
    return [
        home.Waiting(conversation.waiting_since or now, block, outside=True)
        for (conversation, _supplier), block in zip(found, blocks_of, strict=True)
    ]
