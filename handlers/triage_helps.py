"""What helps in answering customers: saved replies, drafts, a question to a supplier; what admins decide."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.letters import replies
from bot.people import store as people
from bot.people.permissions import Rank
from bot.storage import inbox
from bot.suppliers import asking
from bot.suppliers import store as supplier_store
from bot.suppliers.desk import DESK as SUPPLIERS
from bot.triage import form, messages, modals, saved
from bot.triage.desk import DESK
from bot.triage.model import SavedReply, Ticket
from bot.triage.priority import LEVELS
from bot.words import _
from handlers import letters as letter_handlers
from handlers import private
from handlers.routes import Request, action, view

_MOST_HOURS = 400


async def _change(request: Request, shown: blocks.Block) -> None:
    """Put another window in the place of the one in which something was pressed."""
    window = private.carrying(request, shown)
    await request.services.views.views_update(view_id=request.body["view"]["id"], view=window)


# ---- the window in which an answer is written ---------------------------------------------------------


@action(messages.USE_REPLY)
async def use_reply(request: Request) -> None:
    """Put a saved reply, filled in, below what was written so far."""
    carried = modals.carried(request.body["view"])
    desk, ticket_id = letter_handlers.named(carried["matter"])
    field, me = str(carried["field"]), request.person
    async with request.transaction() as session:
        one = await session.get_one(SavedReply, int(request.chosen))
        ticket = await session.get_one(Ticket, ticket_id)
        text = saved.fill(one.text, ticket, me.name, request.services.settings.shop_address.name)
        draft = await store_draft(request, session, ticket_id, request.typed(field) or "")
        draft.text = f"{draft.text}\n\n{text}".strip()
        number = int(field.removeprefix("text") or 1) + 1
        shown = await letter_handlers.write_view(request, session, desk, ticket_id, field=f"text{number}")
    await _change(request, shown)
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
        await inbox.enqueue(session, "triage", key, body)
        shown = await letter_handlers.write_view(
            request,
            session,
            desk,
            ticket_id,
            field=field,
            notice=_("A draft is being written. I tell you in the channel."),
        )
    await _change(request, shown)
    await request.ack()


# ---- saved replies and settings -----------------------------------------------------------------------


@action(messages.NEW_REPLY)
async def new_reply(request: Request) -> None:
    """Open the window for a new saved reply."""
    await private.open_window(request, modals.reply(None))
    await request.ack()


@action(messages.EDIT_REPLY)
async def edit_reply(request: Request) -> None:
    """Open the window of a saved reply."""
    async with request.services.database.read() as session:
        one = await session.get_one(SavedReply, int(request.value))
    await private.open_window(request, modals.reply(one))
    await request.ack()


@action(messages.DROP_REPLY)
async def drop_reply(request: Request) -> None:
    """Take a saved reply away."""
    async with request.transaction() as session:
        await saved.drop(session, int(request.value))
        await private.redraw(request, session)
    gone = blocks.modal(modals.SHOWN, _("Saved reply"), [blocks.section(_("It is gone."))])
    await _change(request, gone)
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
            await private.redraw(request, session)
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
        new = await supplier_store.never_written(session)
    choices = [(f"matter:{conversation.id}", supplier.name) for conversation, supplier in known]
    choices += [(f"new:{supplier.id}", supplier.name) for supplier in new]
    choices.sort(key=lambda one: one[1].casefold())
    shown = modals.ask_supplier(ticket, choices)
    await _change(request, shown)
    await request.ack()


@view(modals.QUESTION)
async def question(request: Request) -> None:
    """Go on to the window in which suppliers are answered, with the question in it."""
    kind, _colon, number = str(request.typed("supplier")).partition(":")
    matter_id, text, services = int(number), request.typed("question") or "", request.services
    async with request.transaction() as session:
        if kind == "new":
            subject = request.typed("subject") or _("A question")
            ours = services.settings.mailboxes_of("suppliers")
            mailbox = ours[0] if ours else services.settings.shop_address.address
            now = services.clock.now()
            begun = await asking.begin(session, matter_id, subject, mailbox, services.channels, now)
            matter_id = begun.id
        shown = await letter_handlers.write_view(request, session, SUPPLIERS, matter_id, text)
    await request.ack(response_action="push", view=private.carrying(request, shown))
