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
    one = Arrived(mail, envelope["sha256"], envelope["recipients"][0], at, envelope.get("vouched", False))
    async with trigger.transaction() as session:
        await relay.receive(services.database, session, one, services.channels)
