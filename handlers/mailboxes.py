"""Mailboxes in the eyes of an admin: is each connected, what is wrong, and the mail of the time before us."""

import json
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, clock
from bot.blocks import Block
from bot.people import areas
from bot.people import store as people
from bot.people.permissions import Rank
from bot.settings import Mailbox
from bot.storage import inbox, mailboxes, outbox
from bot.storage.mailboxes import DONE, WANTED, MailboxRow
from bot.words import _
from handlers import home, operations
from handlers.routes import Request, action, view

OLDER = "mailboxes.older"
TAKE_OLDER = "mailboxes.take_older"
# Which area takes the mail of a mailbox, as the settings call it.
_AREAS = {"suppliers": "suppliers", "customers": "triage"}
_YEARS = {"1": 365, "3": 3 * 365 + 1}


@operations.state("mailboxes", order=20)
async def states(request: Request, session: AsyncSession) -> list[str]:
    """Tell of each address whose mail it takes, and whether it can be reached."""
    known = {row.address: row for row in await mailboxes.all_of(session)}
    return [_line(one, known.get(one.address.lower())) for one in request.services.settings.mailbox]


def _line(one: Mailbox, row: MailboxRow | None) -> str:
    goes = _("mail for {address} goes to {area}").format(
        address=blocks.escape(one.address), area=areas.title(_AREAS[one.area])
    )
    if not one.imap_host:
        return f"📬 {goes}"
    if row is None:
        return f"🟠 {goes} · " + _("not connected yet")
    said = blocks.escape(row.problem or "")
    if row.is_connected:
        return f"⚠️ {goes} · {said}" if said else f"📬 {goes} · " + _("connected")
    since = _("not connected since {time}").format(time=blocks.when(row.since))
    return f"🔴 {goes} · {since} · {said}" if said else f"🟠 {goes} · {since}"


@home.section("mailboxes", order=85, needs=Rank.ADMIN)
async def older_mail(request: Request, session: AsyncSession) -> list[Block]:
    """Offer to take in the mail of the time before us, and tell how far that is."""
    read = {one.address.lower() for one in request.services.settings.mailbox if one.imap_host}
    shown: list[Block] = []
    for row in await mailboxes.all_of(session):
        if row.address not in read or row.older == DONE:
            continue
        address = blocks.escape(row.address)
        if row.older == WANTED:
            said = _("Older mail of {address}: {taken} of {count} are in.")
            shown.append(
                blocks.section(said.format(address=address, taken=row.older_taken, count=row.older_count))
            )
        elif row.is_connected:
            said = _("{address} takes mail from now on. Older mail can be taken in silently.")
            button = blocks.button(_("Take in older mail"), OLDER, row.address)
            shown.append(blocks.section(said.format(address=address), accessory=button))
    return [blocks.section(f"*{_('Mailboxes')}*"), *shown] if shown else []


@action(OLDER, needs=Rank.ADMIN)
async def ask_older(request: Request) -> None:
    """Open the window that says what happens, and asks how far back."""
    choices = [
        blocks.option(_("the last year"), "1"),
        blocks.option(_("the last three years"), "3"),
        blocks.option(_("everything"), "all"),
    ]
    shown = [
        blocks.section(
            _("It becomes part of the history. Nothing is posted, nobody is asked, nothing is answered.")
        ),
        blocks.field(_("How far back"), "back", blocks.menu(choices, initial=choices[0])),
    ]
    await request.open(
        blocks.modal(
            TAKE_OLDER,
            _("Older mail"),
            shown,
            submit=_("Take it in"),
            close=_("Close"),
            metadata=json.dumps({"address": request.value}),
        )
    )
    await request.ack()


@view(TAKE_OLDER, needs=Rank.ADMIN)
async def take_older(request: Request) -> None:
    """Begin to take in older mail, once."""
    address = json.loads(request.body["view"]["private_metadata"])["address"]
    back, now = _YEARS.get(request.typed("back")), request.services.clock.now()
    # Mails carry real dates, whatever the bot's clock says.
    since = clock.wall() - timedelta(days=back) if back else None
    async with request.transaction() as session:
        row = await mailboxes.get(session, address, clock.wall())
        if not row.older:
            row.older, asked = WANTED, outbox.new_uid()
            body = {
                "address": address,
                "since": since.isoformat() if since else None,
                "person": request.person.id,
                "asked": asked,
            }
            await inbox.enqueue(session, "mailbox", asked, json.dumps(body).encode(),
                lane=f"older:{address}",
            )  # fmt: skip
            await people.audit(session, now, request.person.id, "mailbox.older", address)
        await home.redraw(request, session)
    await request.ack()
