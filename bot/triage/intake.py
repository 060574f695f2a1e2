"""A customer writes: something new, something that goes on, or nothing that wants an answer."""

import json
import re
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.letters import cards, replies
from bot.letters import store as letters
from bot.letters import strays as aside
from bot.letters.arriving import Arrived, columns, folded_subject
from bot.letters.model import ASIDE, Channels
from bot.mail.model import Mail
from bot.people import areas
from bot.people import store as people
from bot.storage import inbox
from bot.storage.database import Database
from bot.triage import card, messages, promises, store, tickets
from bot.triage.desk import DESK
from bot.triage.model import OPEN, REOPENS_FOR, Found, Ticket, TicketMail
from bot.triage.pleasantries import only_thanks

_NUMBER = re.compile(r"\[#(\d{1,15})\]")


@dataclass(frozen=True)
class Origin:
    """How a text reached us: by mail, by a form, or from a colleague who passed it on."""

    source: str = "mail"
    raised_by: str | None = None
    order_number: str | None = None


async def receive(
    database: Database,
    session: AsyncSession,
    arrived: Arrived,
    found: Found,
    channels: Channels,
    origin: Origin | None = None,
) -> None:
    """Take in one mail to a customers' mailbox, or what came instead of one."""
    mail = arrived.mail
    if mail.bounce and await replies.bounced(DESK, session, mail.bounce, arrived.at):
        return
    if mail.automatic and not arrived.vouched:
        await aside.keep(session, arrived, ASIDE, mail.automatic.sentence)
        return
    if not await areas.is_on(session, "triage"):
        await aside.keep(session, arrived, ASIDE, messages.AREA_IS_OFF)
        return
    ticket = await _ticket_of(session, arrived)
    thanks = only_thanks(f"{mail.text}") and not mail.attachments
    if ticket is not None:
        await _again(database, session, ticket.id, arrived, thanks=thanks)
    elif thanks and not arrived.vouched:
        await aside.keep(session, arrived, ASIDE, messages.ONLY_THANKS)
    else:
        await _open(database, session, arrived, found, channels, origin or Origin())


async def _ticket_of(session: AsyncSession, arrived: Arrived) -> Ticket | None:
    """Find the ticket a mail belongs to: by the mails it refers to, else by the number in its subject.

    Only among this customer's: neither a Message-ID nor a number that a stranger guessed opens a ticket.
    """
    sender = arrived.mail.sender.address
    referred = await letters.by_references(DESK, session, arrived.refers_to)
    numbers = _NUMBER.findall(arrived.mail.subject)
    for one in [*referred, *[await store.get(session, int(number)) for number in numbers]]:
        if isinstance(one, Ticket) and sender and one.customer_address == sender:
            is_over = one.closed_at is not None and one.closed_at < arrived.at - REOPENS_FOR
            return None if is_over else one
    return None


async def _open(
    database: Database,
    session: AsyncSession,
    arrived: Arrived,
    found: Found,
    channels: Channels,
    origin: Origin,
) -> None:
    mail = arrived.mail
    who, address = _customer(mail)
    department = await store.department_called(session, found.department)
    ticket = Ticket(
        mailbox=arrived.mailbox,
        subject=mail.subject,
        folded_subject=folded_subject(mail.subject),
        channel_id=channels.triage,
        waiting_since=arrived.at,
        started_at=arrived.at,
        active_at=arrived.at,
        customer_name=who,
        customer_address=address,
        source=origin.source,
        raised_by=origin.raised_by,
        state=OPEN,
        category=found.category,
        confidence=found.confidence,
        asks=found.asks,
        why=list(found.why),
        learned_from=found.learned_from,
        language=found.language or mail.language,
        priority=found.priority,
        priority_why=list(found.priority_why),
        order_number=origin.order_number or found.order_number,
        sku=found.sku,
        department_id=department.id if department else None,
        left_seconds=0,
        promised_seconds=0,
        step=0,
    )
    session.add(ticket)
    await session.flush()
    first = await _record(session, ticket, arrived)
    await promises.begin(session, ticket, arrived.at)
    await cards.open_card(DESK, session, ticket, first, card.as_customer(ticket))
    await cards.add_files(DESK, database, session, ticket, first, mail.attachments)
    if found.asks:
        body = json.dumps({"sort": ticket.id}).encode()
        await inbox.enqueue(session, "triage", f"sort:{ticket.id}", body)


async def _again(
    database: Database, session: AsyncSession, ticket_id: int, arrived: Arrived, *, thanks: bool
) -> None:
    """Put a further mail into the ticket's thread; but for mere thanks it waits for us again."""
    ticket = await store.lock(session, ticket_id)
    mail = await _record(session, ticket, arrived)
    post = card.as_customer(ticket) | card.follow_up(ticket, mail, thanks=thanks)
    mail.post_id = await cards.in_thread(session, ticket, f"{DESK.name}:mail:{mail.id}", post)
    await cards.add_files(DESK, database, session, ticket, mail, arrived.mail.attachments)
    if thanks:
        return
    ticket.state, ticket.snoozed_until = OPEN, None
    ticket.closed_at = ticket.closed_by = ticket.close_reason = None
    ticket.waiting_since = ticket.waiting_since or arrived.at
    ticket.active_at = arrived.at
    await promises.resume(session, ticket, arrived.at)
    await cards.refresh(DESK, session, ticket)
    await replies.warn_held(DESK, session, ticket.id)
    if ticket.assignee_id and (assignee := await people.get(session, ticket.assignee_id)):
        await tickets.tell(session, assignee, f"again:{mail.id}", messages.wrote_again, ticket, arrived.at)


async def _record(session: AsyncSession, ticket: Ticket, arrived: Arrived) -> TicketMail:
    """Keep a mail. The answer goes to the ticket's customer, whatever a Reply-To says."""
    mail = TicketMail(
        conversation_id=ticket.id,
        reply_address=ticket.customer_address,
        copies=[],
        **columns(arrived),
    )
    if not mail.language:
        mail.language = ticket.language
    session.add(mail)
    await session.flush()
    return mail


def _customer(mail: Mail) -> tuple[str, str]:
    """Tell who the customer is: the sender.

    A Reply-To that leads elsewhere is how answers are stolen, so it does not count.
    """
    return mail.sender.name, mail.sender.address


def plain_rich(text: str) -> list[blocks.Block]:
    """Give plain text as a card shows it."""
    return [{"type": "rich_text_section", "elements": [{"type": "text", "text": text or " "}]}]
