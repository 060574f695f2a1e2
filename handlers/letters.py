"""What people do with letters in every area: answer, take back, note, assign, read a whole mail."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.letters import messages, modals, notes, replies
from bot.letters.desk import Desk
from bot.letters.replies import Sender
from bot.people import store as people
from bot.people.model import Person
from bot.storage import inbox
from bot.suppliers.desk import DESK as SUPPLIERS
from bot.triage.desk import DESK as TRIAGE
from bot.understanding.nomodel import NoModel
from bot.words import _
from handlers import private
from handlers.routes import Request, action, view, view_closed

DESKS: dict[str, Desk] = {desk.name: desk for desk in (SUPPLIERS, TRIAGE)}


def named(ref: str) -> tuple[Desk, int]:
    """Give whose row a button or window means."""
    name, _colon, row_id = ref.partition(":")
    return DESKS[name], int(row_id)


def matter_of(request: Request) -> tuple[Desk, int]:
    """Give the matter a window is about."""
    return named(modals.metadata(request.body["view"])["matter"])


async def typed(
    session: AsyncSession,
    *,
    channel_id: str,
    thread_ts: str,
    ts: str,
    author: Person,
    text: str,
    now: datetime,
) -> None:
    """Keep inside what somebody typed in the thread of a card."""
    for desk in DESKS.values():
        where = {"channel_id": channel_id, "thread_ts": thread_ts, "ts": ts}
        if await notes.typed(desk, session, **where, author=author, text=text, now=now):
            return


# ---- answering ----------------------------------------------------------------------------------------


@action(messages.REPLY)
async def reply(request: Request) -> None:
    """Open the window in which an answer is written."""
    await open_write(request, *named(request.value))
    await request.ack()


@action(messages.SEND_AS_REPLY)
async def send_as_reply(request: Request) -> None:
    """Take up as an answer what was typed in the thread; it still goes through the preview."""
    desk, note_id = named(request.value)
    async with request.services.database.read() as session:
        note = await session.get_one(desk.notes, note_id)
    await open_write(request, desk, note.conversation_id, note.text)
    await request.ack()


@action(messages.SEND_AGAIN)
async def send_again(request: Request) -> None:
    """Take up an answer that was cancelled or did not arrive."""
    desk, answer_id = named(request.value)
    async with request.services.database.read() as session:
        again = await session.get_one(desk.answers, answer_id)
    await open_write(request, desk, again.conversation_id, again.text)
    await request.ack()


async def open_write(request: Request, desk: Desk, matter_id: int, text: str = "") -> None:
    """Open the window in which an answer is written, with what was begun and with `text`."""
    async with request.transaction() as session:
        view = await write_view(request, session, desk, matter_id, text)
        await private.redraw(request, session)
    await private.open_window(request, view)


async def write_view(
    request: Request,
    session: AsyncSession,
    desk: Desk,
    matter_id: int,
    text: str = "",
    field: str = "text",
    notice: str = "",
) -> dict[str, Any]:
    """Give that window, and note that this person is answering."""
    now, me = request.services.clock.now(), request.person.id
    draft = await replies.begin(desk, session, matter_id, me, now, text)
    matter = await session.get_one(desk.matters, matter_id)
    situation = await replies.situation(desk, session, matter_id, me, now)
    mail = await session.get_one(desk.mails, situation.newest)
    if not mail.reply_address:
        raise replies.NoAddress
    has_model = not isinstance(request.services.model, NoModel)
    window = await desk.window(session, matter, mail, now, drafts=has_model)
    if has_model:
        window = replace(window, translates_into=await desk.reads(session, matter, mail))
    return modals.write(desk, matter_id, mail, window, draft.text, situation, field, notice)


@action(messages.TRANSLATE)
async def translate(request: Request) -> None:
    """Let the model put into their language what is written so far; it comes when it is there."""
    desk, matter_id = named(request.value)
    field = modals.metadata(request.body["view"])["field"]
    async with request.transaction() as session:
        now, me = request.services.clock.now(), request.person.id
        await replies.keep(desk, session, matter_id, me, now, request.typed(field) or "")
        body = json.dumps({"translate": desk.ref(matter_id), "for": me}).encode()
        key = f"translate:{request.body['trigger_id']}"
        # The source of all work in which the model is asked.
        await inbox.enqueue(session, "triage", key, body)
        notice = _("A translation is being written. I tell you in the channel.")
        shown = await write_view(request, session, desk, matter_id, field=field, notice=notice)
    window = private.carrying(request, shown)
    await request.services.views.views_update(view_id=request.body["view"]["id"], view=window)
    await request.ack()


@view(modals.WRITE)
async def preview(request: Request) -> None:
    """Keep the draft, and show exactly what would leave."""
    desk, matter_id = matter_of(request)
    field = modals.metadata(request.body["view"])["field"]
    text = request.typed(field) or ""
    if wrong := desk.mistake(text):
        await request.ack(response_action="errors", errors={field: wrong})
        return
    async with request.transaction() as session:
        now = request.services.clock.now()
        await replies.keep(desk, session, matter_id, request.person.id, now, text)
    shown = await _confirmation(request, desk, matter_id)
    await request.ack(response_action="push", view=private.carrying(request, shown))


@view(modals.CONFIRM, once=True)
async def confirm(request: Request) -> None:
    """Send what was confirmed; when things have changed since, ask once more."""
    desk, matter_id = matter_of(request)
    seen, now, me = modals.seen(request.body["view"]), request.services.clock.now(), request.person.id
    try:
        async with request.transaction() as session:
            sender = await _sender(request, session, desk, matter_id)
            await replies.send(desk, request.services.database, session, matter_id, me, sender, now, seen)
            await private.redraw(request, session)
    except replies.ChangedSince:
        again = await _confirmation(request, desk, matter_id)
        await request.ack(response_action="update", view=private.carrying(request, again))
        return
    await request.ack(response_action="clear")


async def _confirmation(request: Request, desk: Desk, matter_id: int) -> blocks.Block:
    now, me = request.services.clock.now(), request.person.id
    async with request.services.database.read() as session:
        situation = await replies.situation(desk, session, matter_id, me, now)
        sender = await _sender(request, session, desk, matter_id)
        leaving = await replies.preview(desk, session, matter_id, me, sender)
    return modals.confirm(
        desk.ref(matter_id),
        leaving,
        now=situation,
        seen=modals.seen(request.body["view"]),
        hold_seconds=request.services.settings.hold_seconds,
        translates=not isinstance(request.services.model, NoModel),
    )


@view_closed(modals.WRITE)
async def close(request: Request) -> None:
    """Note that somebody no longer answers; what they wrote is kept."""
    desk, matter_id = matter_of(request)
    async with request.transaction() as session:
        await replies.leave_off(desk, session, matter_id, request.person.id)
    await request.ack()


@action(messages.CANCEL)
async def cancel(request: Request) -> None:
    """Take a held answer back."""
    desk, answer_id = named(request.value)
    async with request.transaction() as session:
        await replies.cancel(desk, session, answer_id, request.person.id)
    await request.ack()


@action(messages.SEND_NOW)
async def send_now(request: Request) -> None:
    """Let a held answer leave at once."""
    desk, answer_id = named(request.value)
    async with request.transaction() as session:
        await replies.send_now(desk, session, answer_id)
    await request.ack()


async def _sender(request: Request, session: AsyncSession, desk: Desk, matter_id: int) -> Sender:
    matter = await session.get_one(desk.matters, matter_id)
    settings = request.services.settings
    own = [one for one in settings.mailbox if one.address.lower() == matter.mailbox.lower()]
    mailbox = own[0] if own else settings.shop_address
    return Sender(mailbox.name, mailbox.address, timedelta(seconds=settings.hold_seconds))


# ---- keeping inside -----------------------------------------------------------------------------------


@action(messages.KEEP_INSIDE)
async def keep_inside(request: Request) -> None:
    """Leave inside what was typed in the thread."""
    async with request.transaction() as session:
        await private.redraw(request, session)
    await request.ack()


@action(messages.NOTE)
async def note(request: Request) -> None:
    """Open the window for an internal note."""
    await private.open_window(request, modals.note(request.value))
    await request.ack()


@view(modals.WRITE_NOTE, once=True)
async def write_note(request: Request) -> None:
    """Put the note into the thread."""
    desk, matter_id = matter_of(request)
    async with request.transaction() as session:
        text = request.typed("text") or ""
        await notes.write(desk, session, matter_id, request.person, text, request.services.clock.now())
    await request.ack()


@action(messages.ASSIGN)
async def assign(request: Request) -> None:
    """Open the window in which somebody is put in charge."""
    await private.open_window(request, modals.assign(request.value, request.person.id))
    await request.ack()


@view(modals.CHOOSE_ASSIGNEE)
async def choose_assignee(request: Request) -> None:
    """Put the chosen person in charge."""
    desk, matter_id = matter_of(request)
    async with request.services.database.read() as session:
        assignee = await people.get(session, request.typed("person"))
    if assignee is None or not assignee.may_act:
        name = assignee.name if assignee else _("This person")
        sentence = notes.CannotTakeCare(name=name).sentence
        await request.ack(response_action="errors", errors={"person": sentence})
        return
    async with request.transaction() as session:
        await notes.assign(desk, session, matter_id, assignee, request.person)
        await private.redraw(request, session)
    await request.ack()


@action(messages.FULL_MAIL)
async def full_mail(request: Request) -> None:
    """Show a whole mail, with quoted history and signature."""
    desk, mail_id = named(request.value)
    async with request.services.database.read() as session:
        mail = await session.get_one(desk.mails, mail_id)
    await request.open(modals.full_mail(mail))
    await request.ack()
