"""Mail that reached a mailbox of the shop, on its way from the inbox to the area it belongs to."""

import asyncio
import json
from datetime import datetime

from bot.letters.arriving import Arrived
from bot.mail.parse import Limits, parse
from bot.services import Services
from bot.storage import blobs
from bot.storage.triggers import Trigger
from bot.suppliers import relay
from bot.triage import reading, tickets


async def arrived(services: Services, body: bytes, trigger: Trigger) -> None:
    """Read a mail, and hand it to the area that owns the mailbox."""
    envelope = json.loads(body)
    async with services.database.read() as session:
        raw = await blobs.get(session, envelope["sha256"])
    own = [mailbox.address for mailbox in services.settings.mailbox]
    limits = Limits(max_attachment=services.settings.max_attachment_mb * 1024 * 1024)
    # In a thread: a mail of 60 MB takes its time, and nobody else should wait for it.
    mail = await asyncio.to_thread(parse, raw, limits=limits, own_addresses=own)
    when = envelope.get("arrived_at")
    at = datetime.fromisoformat(when) if when else services.clock.now()
    mailbox = str(envelope["recipients"][0])
    one = Arrived(mail, envelope["sha256"], mailbox, at, envelope.get("vouched", False))
    if mailbox.lower() in map(str.lower, services.settings.mailboxes_of("customers")):
        await _of_a_customer(services, one, trigger)
        return
    async with trigger.transaction() as session:
        await relay.receive(services.database, session, one, services.channels)


async def _of_a_customer(services: Services, one: Arrived, trigger: Trigger) -> None:
    mail = one.mail
    found = await reading.read(
        services.database, services.model, mail.subject, mail.text, mail.sender.address
    )
    async with trigger.transaction() as session:
        await tickets.receive(services.database, session, one, found, services.channels)
