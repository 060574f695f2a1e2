"""What the clock and the inbox trigger for customers: promises, what was put off, forms, drafts, mornings."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.blocks import Block
from bot.letters import replies
from bot.letters import store as letters
from bot.people import areas, mornings
from bot.people import store as people
from bot.people.model import Person
from bot.people.mornings import Window
from bot.ports import Answered, ToDraft
from bot.services import Services
from bot.storage import blobs, outbox
from bot.storage.schedule import ScheduleRow
from bot.storage.triggers import Trigger
from bot.triage import form, intake, messages, promises, reading, saved, store, tickets
from bot.triage.desk import DESK
from bot.triage.model import Ticket
from bot.words import _, speaking
from jobs import letters as letters_jobs
from jobs.schedule import Errand

AREA = "triage"


def errands() -> Mapping[str, Errand]:
    """Give what is done when it is due, by the kind of the errand."""
    return {promises.KIND: _promise, tickets.SNOOZE: _wake}


async def _promise(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime | None:
    if not await areas.is_on(session, AREA):
        return now + timedelta(hours=1)
    return await promises.follow_up(DESK, session, int(row.key.partition(":")[2]), now)


async def _wake(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime | None:
    await tickets.wake(session, int(row.key.partition(":")[2]), now)
    return None


# ---- from the inbox -----------------------------------------------------------------------------------


async def arrived(services: Services, body: bytes, trigger: Trigger) -> None:
    """Deal with what colleagues passed on, a wish for a draft, or a question to the model."""
    found = json.loads(body)
    if "draft" in found:
        await _draft(services, int(found["draft"]), str(found["for"]), trigger)
        return
    if "translate" in found:
        await letters_jobs.translate(services, str(found["translate"]), str(found["for"]), trigger)
        return
    if "sort" in found:
        await _sort(services, int(found["sort"]), trigger)
        return
    await _open(services, form.Form.model_validate(found["form"]), str(found["by"]), trigger)


async def filled_in(services: Services, body: bytes, trigger: Trigger) -> None:
    """Take in what another program hands over: a form and nothing else, whatever stands in it."""
    await _open(services, form.Form.model_validate_json(body), None, trigger)


async def _open(services: Services, filled: form.Form, by: str | None, trigger: Trigger) -> None:
    own = services.settings.mailboxes_of("customers")
    mailbox = own[0] if own else services.settings.shop_address.address
    raw = form.raw_of(filled, mailbox)
    one = form.mail_of(filled, mailbox, services.clock.now(), blobs.digest(raw))
    sorted_ = await reading.read(services.database, one.mail.subject, one.mail.text, one.mail.sender.address)
    origin = intake.Origin("colleague" if by else "form", by, filled.order or None)
    async with trigger.transaction() as session:
        await blobs.put(services.database, session, {one.sha256: raw})
        await intake.receive(services.database, session, one, sorted_, services.channels, origin)


async def _sort(services: Services, ticket_id: int, trigger: Trigger) -> None:
    """Ask the model what a ticket is about of which the sorting was not sure; its card stands already."""
    async with services.database.read() as session:
        ticket = await session.get_one(Ticket, ticket_id)
        first = await letters.first_mail(DESK, session, ticket_id)
    choice = await reading.ask(services.model, ticket.subject, first.text)
    if choice is not None:
        async with trigger.transaction() as session:
            await tickets.sort_by_model(session, ticket_id, choice, services.clock.now())


async def _draft(services: Services, ticket_id: int, person_id: str, trigger: Trigger) -> None:
    """Let the model write a draft from the thread and the saved replies; a person reads and sends it."""
    async with services.database.read() as session:
        ticket = await session.get_one(Ticket, ticket_id)
        thread = await _thread(session, ticket)
        person = await session.get_one(Person, person_id)
        replies_ = [
            saved.fill(one.text, ticket, person.name, services.settings.shop_address.name)
            for one in await store.saved_replies(session)
        ]
    wish = ToDraft(
        thread=thread,
        saved_replies=tuple(replies_[:12]),
        language=ticket.language or "en",
        names=tuple(name for name in (ticket.customer_name,) if name),
    )
    with speaking(person.language):
        answer = await services.model.draft(wish)
    async with trigger.transaction() as session:
        with speaking(person.language):
            if isinstance(answer, Answered):
                now = services.clock.now()
                draft = await replies.begin(DESK, session, ticket_id, person_id, now, answer.value)
                draft.is_open = False
                said = messages.draft_ready(ticket)
            else:
                said = messages.draft_ready(ticket, answer.sentence)
        note = outbox.Draft(
            key=f"triage:draft:{outbox.new_uid()}",
            kind="slack.ephemeral",
            lane=f"ephemeral:{ticket.channel_id}:{person_id}",
            payload={"channel": ticket.channel_id, "user": person_id, **said},
        )
        await outbox.add(session, note)


async def _thread(session: AsyncSession, ticket: Ticket) -> tuple[str, ...]:
    theirs = [(one.arrived_at, one.text) for one in await letters.mails(DESK, session, ticket.id)]
    ours = [
        (one.sent_at or one.written_at, one.text) for one in await letters.answers(DESK, session, ticket.id)
    ]
    return tuple(text for _at, text in sorted(theirs + ours))


# ---- the morning --------------------------------------------------------------------------------------


@mornings.section(AREA, order=30)
async def section(session: AsyncSession, person: Person, window: Window) -> list[Block]:
    """Show what must be answered today: somebody's own, and for a lead what nobody has taken."""
    if not await areas.is_on(session, AREA):
        return []
    led = [one.id for one in await people.led_by(session, person.id)]
    tonight = calendar.resolve(window.day + timedelta(days=1), datetime.min.time(), mornings_zone(person))
    below = await store.told_with(session, person.id, window.at)
    due = await store.due_for(session, person.id, led, window.at, tonight)
    found = [ticket for ticket in due if ticket.id not in below]
    if not found:
        return []
    shown: list[Block] = [blocks.section("*" + _("Customers who wait for you today") + "*")]
    for ticket in found[:6]:
        button = (
            messages.take_button(ticket)
            if ticket.assignee_id is None
            else blocks.button(_("Show"), messages.SHOW, ticket.id)
        )
        shown.append(blocks.section(messages.line(ticket), accessory=button))
    if len(found) > 6:
        shown.append(blocks.context(_("More: */triage mine*")))
    return shown


def mornings_zone(person: Person) -> str:
    """Give the zone in which somebody's day ends."""
    return person.zone if calendar.zone(person.zone) else "UTC"
