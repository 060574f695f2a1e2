"""What people do with suppliers in Slack: /supplier, and the buttons and windows of cards."""

import asyncio
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.mail.parse import parse
from bot.people import store as people
from bot.storage import blobs, outbox
from bot.suppliers import cards, directory, messages, modals, notes, replies, store, strays
from bot.suppliers.model import Conversation, Note, Reply, Stray, Supplier, SupplierMail
from bot.suppliers.replies import Sender
from handlers import home
from handlers.guard import ephemeral
from handlers.routes import Request, action, command, view, view_closed


@command("/supplier")
async def supplier(request: Request) -> None:
    """Show suppliers, one of them, or what was set aside; or open the window that adds one."""
    word = request.text
    match word.lower():
        case "help":
            await request.ack(text=messages.HELP)
        case "add":
            await request.open(modals.add())
            await request.ack()
        case "aside":
            async with request.services.database.read() as session:
                shown = messages.aside_list(await store.set_aside(session))
            await request.ack(text="Mails that were set aside", blocks=shown)
        case "":
            await _list(request)
        case _:
            await _show(request, word)


async def _list(request: Request) -> None:
    async with request.services.database.read() as session:
        everybody = await store.all_suppliers(session)
        waiting = await store.waiting_counts(session)
    shown = messages.supplier_list(everybody, waiting, request.services.clock.now())
    await request.ack(text="Suppliers", blocks=shown)


async def _show(request: Request, word: str) -> None:
    async with request.services.database.read() as session:
        found = await store.by_name(session, word)
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


# ---- answering ----------------------------------------------------------------------------------------


@action(messages.REPLY)
async def reply(request: Request) -> None:
    """Open the window in which an answer is written."""
    await _open_write(request, int(request.value))
    await request.ack()


@action(messages.SEND_AS_REPLY)
async def send_as_reply(request: Request) -> None:
    """Take up as an answer what was typed in the thread; it still goes through the preview."""
    async with request.services.database.read() as session:
        note = await session.get_one(Note, int(request.value))
    await _open_write(request, note.conversation_id, note.text, dismiss=True)
    await request.ack()


@action(messages.SEND_AGAIN)
async def send_again(request: Request) -> None:
    """Take up an answer that was cancelled or did not arrive."""
    async with request.services.database.read() as session:
        again = await session.get_one(Reply, int(request.value))
    await _open_write(request, again.conversation_id, again.text)
    await request.ack()


async def _open_write(
    request: Request, conversation_id: int, text: str = "", *, dismiss: bool = False
) -> None:
    now = request.services.clock.now()
    async with request.transaction() as session:
        draft = await replies.begin(session, conversation_id, request.person.id, now, text)
        conversation = await session.get_one(Conversation, conversation_id)
        situation = await replies.situation(session, conversation_id, request.person.id, now)
        supplier = await session.get_one(Supplier, conversation.supplier_id)
        mail = await session.get_one(SupplierMail, situation.newest)
        if dismiss:
            await outbox.add(session, _dismissal(request))
    await request.open(
        modals.write(conversation, supplier, mail, text=draft.text, situation=situation, now=now)
    )


@view(modals.WRITE)
async def preview(request: Request) -> None:
    """Keep the draft, and show exactly what would leave."""
    conversation_id = modals.metadata(request.body["view"])["conversation"]
    now, text = request.services.clock.now(), request.typed("text") or ""
    async with request.transaction() as session:
        await replies.keep(session, conversation_id, request.person.id, now, text)
    shown = await _confirmation(request, conversation_id, text)
    await request.ack(response_action="push", view=shown)


@view(modals.CONFIRM)
async def confirm(request: Request) -> None:
    """Send what was confirmed; when things have changed since, ask once more."""
    conversation_id = modals.metadata(request.body["view"])["conversation"]
    seen, now = modals.seen(request.body["view"]), request.services.clock.now()
    async with request.transaction() as session:
        situation = await replies.situation(session, conversation_id, request.person.id, now)
        if not situation.is_news(seen):
            sender = await _sender(request, session, conversation_id)
            await replies.send(
                request.services.database, session, conversation_id, request.person.id, sender, now
            )
    if situation.is_news(seen):
        async with request.services.database.read() as session:
            draft = await store.draft_of(session, conversation_id, request.person.id)
        again = await _confirmation(request, conversation_id, draft.text if draft else "")
        await request.ack(response_action="update", view=again)
        return
    await request.ack(response_action="clear")


async def _confirmation(request: Request, conversation_id: int, text: str) -> blocks.Block:
    now = request.services.clock.now()
    async with request.services.database.read() as session:
        situation = await replies.situation(session, conversation_id, request.person.id, now)
        sender = await _sender(request, session, conversation_id)
        leaving = await replies.preview(session, conversation_id, text, sender)
    return modals.confirm(
        conversation_id,
        leaving,
        now=situation,
        seen=modals.seen(request.body["view"]),
        hold_seconds=request.services.settings.hold_seconds,
    )


@view_closed(modals.WRITE)
async def close(request: Request) -> None:
    """Note that somebody no longer answers; what they wrote is kept."""
    conversation_id = modals.metadata(request.body["view"])["conversation"]
    async with request.transaction() as session:
        await replies.leave_off(session, conversation_id, request.person.id)
    await request.ack()


@action(messages.CANCEL)
async def cancel(request: Request) -> None:
    """Take a held answer back."""
    async with request.transaction() as session:
        await replies.cancel(session, int(request.value), request.person.id)
    await request.ack()


@action(messages.SEND_NOW)
async def send_now(request: Request) -> None:
    """Let a held answer leave at once."""
    async with request.transaction() as session:
        await replies.send_now(session, int(request.value))
    await request.ack()


async def _sender(request: Request, session: AsyncSession, conversation_id: int) -> Sender:
    conversation = await session.get_one(Conversation, conversation_id)
    settings = request.services.settings
    own = [one for one in settings.mailbox if one.address.lower() == conversation.mailbox.lower()]
    mailbox = own[0] if own else settings.shop_address
    return Sender(mailbox.name, mailbox.address, timedelta(seconds=settings.hold_seconds))


# ---- keeping inside -----------------------------------------------------------------------------------


@action(messages.KEEP_INSIDE)
async def keep_inside(request: Request) -> None:
    """Leave inside what was typed in the thread."""
    async with request.transaction() as session:
        await outbox.add(session, _dismissal(request))
    await request.ack()


def _dismissal(request: Request) -> outbox.Draft:
    """Make the message that was clicked, which only this person sees, go away."""
    return outbox.Draft(
        key=f"dismiss:{request.body['trigger_id']}",
        kind="slack.respond",
        lane=f"ephemeral:{request.channel_id}:{request.person.id}",
        payload={"response_url": request.body["response_url"], "delete_original": True},
    )


@action(messages.NOTE)
async def note(request: Request) -> None:
    """Open the window for an internal note."""
    await request.open(modals.note(int(request.value)))
    await request.ack()


@view(modals.WRITE_NOTE)
async def write_note(request: Request) -> None:
    """Put the note into the thread."""
    conversation_id = modals.metadata(request.body["view"])["conversation"]
    async with request.transaction() as session:
        text = request.typed("text") or ""
        await notes.write(session, conversation_id, request.person, text, request.services.clock.now())
    await request.ack()


@action(messages.ASSIGN)
async def assign(request: Request) -> None:
    """Open the window in which somebody is put in charge."""
    await request.open(modals.assign(int(request.value), request.person.id))
    await request.ack()


@view(modals.CHOOSE_ASSIGNEE)
async def choose_assignee(request: Request) -> None:
    """Put the chosen person in charge."""
    conversation_id = modals.metadata(request.body["view"])["conversation"]
    async with request.services.database.read() as session:
        assignee = await people.get(session, request.typed("person"))
    if assignee is None or not assignee.may_act:
        name = assignee.name if assignee else "This person"
        sentence = notes.CannotTakeCare(name=name).sentence
        await request.ack(response_action="errors", errors={"person": sentence})
        return
    async with request.transaction() as session:
        await notes.assign(session, conversation_id, assignee, request.person)
    await request.ack()


# ---- reading and adding -------------------------------------------------------------------------------


@action(messages.FULL_MAIL)
async def full_mail(request: Request) -> None:
    """Show a whole mail, with quoted history and signature."""
    async with request.services.database.read() as session:
        mail = await session.get_one(SupplierMail, int(request.value))
    await request.open(modals.full_mail(mail))
    await request.ack()


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
        await strays.take_in(request.services.database, session, contact.address, request.person.id)
    await request.ack()


@action(messages.ADD_STRAY)
async def add_stray(request: Request) -> None:
    """Open the window that makes a supplier of an unknown sender."""
    async with request.services.database.read() as session:
        stray = await strays.unsorted(session, int(request.value))
        known = await store.all_suppliers(session)
        likely = await store.supplier_of_domain(session, stray.sender_address)
    await request.open(modals.add(stray=stray, known=known, likely=likely))
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
        await strays.bring_back(services.database, session, int(request.value), services.channels)
        await outbox.add(session, ephemeral(request, messages.BROUGHT_BACK))
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


# ---- Home ---------------------------------------------------------------------------------------------


@home.waits("suppliers")
async def waiting(request: Request, session: AsyncSession) -> list[home.Waiting]:
    """Give the conversations in which a supplier waits for us: for those in charge first of all."""
    found = await store.waiting_conversations(session)
    now = request.services.clock.now()
    blocks_of = messages.waiting_list(found)
    return [
        home.Waiting(conversation.waiting_since or now, block)
        for (conversation, _supplier), block in zip(found, blocks_of, strict=True)
    ]
