"""Mail that reached a mailbox of the shop, on its way from the inbox to the area it belongs to."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import elsewhere, messages, older, passed_on, twice
from bot.letters.arriving import Arrived
from bot.letters.desk import Desk
from bot.mail.parse import Limits, parse
from bot.services import Services
from bot.storage import blobs
from bot.storage.triggers import Trigger
from bot.suppliers import relay
from bot.suppliers.desk import DESK as SUPPLIERS
from bot.triage import intake, reading
from bot.triage.desk import DESK as TRIAGE


async def arrived(services: Services, body: bytes, trigger: Trigger) -> None:
    """Read a mail, and hand it to the area that owns the mailbox."""
    envelope = json.loads(body)
    async with services.database.read() as session:
        raw = await blobs.get(session, envelope["sha256"])
    own = {mailbox.address.lower() for mailbox in services.settings.mailbox}
    limits = Limits(max_attachment=services.settings.max_attachment_mb * 1024 * 1024)
    # In a thread: a mail of 60 MB takes its time, and nobody else should wait for it.
    mail = await asyncio.to_thread(parse, raw, limits=limits, own_addresses=own)
    if envelope.get("cut"):
        mail = replace(mail, problems=(messages.too_large(len(raw) // 1024**2), *mail.problems))
    when = envelope.get("arrived_at")
    at = datetime.fromisoformat(when) if when else services.clock.now()
    mailbox = str(envelope["recipients"][0])
    one = Arrived(mail, envelope["sha256"], mailbox, at, envelope.get("vouched", False))
    desk = _desk_of(services, mailbox)
    if envelope.get("imported") or envelope.get("sent_elsewhere"):
        await _beside(services, desk, one, envelope, trigger)
        return
    async with services.database.read() as session:
        one = replace(one, mail=await passed_on.as_written(session, mail, raw, own))
        if await _is_here(services, desk, session, one):
            return
    if desk is TRIAGE:
        await _of_a_customer(services, one, trigger)
        return
    async with trigger.transaction() as session:
        await relay.receive(services.database, session, one, services.channels)


def _desk_of(services: Services, mailbox: str) -> Desk:
    """Give the desk that a mailbox belongs to."""
    customers = services.settings.mailboxes_of("customers")
    return TRIAGE if mailbox.lower() in map(str.lower, customers) else SUPPLIERS


async def _is_here(services: Services, desk: Desk, session: AsyncSession, one: Arrived) -> bool:
    """Tell whether the mail came to another mailbox of the area before: copies come one after the other."""
    area = "customers" if desk is TRIAGE else "suppliers"
    return await twice.is_here(desk, session, one, services.settings.mailboxes_of(area))


async def _beside(
    services: Services, desk: Desk, one: Arrived, envelope: Mapping[str, Any], trigger: Trigger
) -> None:
    """Take in what asks for nothing: mail of the time before us, and what a colleague sent from elsewhere."""
    is_sent = bool(envelope.get("sent_elsewhere"))
    own = {mailbox.address.lower() for mailbox in services.settings.mailbox}
    async with trigger.transaction() as session:
        if envelope.get("imported") or not await elsewhere.answered(desk, session, one):
            await older.keep(session, one, own, is_sent=is_sent)


async def _of_a_customer(services: Services, one: Arrived, trigger: Trigger) -> None:
    mail = one.mail
    found = await reading.read(services.database, mail.subject, mail.text, mail.sender.address)
    async with trigger.transaction() as session:
        await intake.receive(services.database, session, one, found, services.channels)
