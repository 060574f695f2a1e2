"""Mails that belong to nothing: set aside on a list where they can be fetched back, never thrown away."""

import json

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import SwitchboardError
from bot.letters import store
from bot.letters.arriving import Arrived, files
from bot.letters.model import ASIDE, Stray
from bot.storage import inbox

EXCERPT = 2000


class AlreadySorted(SwitchboardError):
    """Somebody was quicker: this mail has been sorted already."""


async def keep(session: AsyncSession, arrived: Arrived, state: str, reason: str | None) -> Stray:
    """Keep a mail that belongs to nothing."""
    mail = arrived.mail
    stray = Stray(
        sender_name=mail.sender.name,
        sender_address=mail.sender.address,
        subject=mail.subject,
        excerpt=mail.text[:EXCERPT],
        mailbox=arrived.mailbox.lower(),
        arrived_at=arrived.at,
        state=state,
        reason=reason,
        files=files(mail.attachments),
        sha256=arrived.sha256,
    )
    session.add(stray)
    await session.flush()
    return stray


async def set_aside(session: AsyncSession, stray_id: int) -> Stray:
    """Give a mail that was set aside; `AlreadySorted` when somebody fetched it back before."""
    stray = await store.lock_stray(session, stray_id)
    if stray.state != ASIDE:
        raise AlreadySorted
    return stray


async def arrive_anew(session: AsyncSession, stray: Stray) -> None:
    """Let a mail arrive once more. A person looked at it: what made it look automatic no longer counts."""
    body = {
        "recipients": [stray.mailbox],
        "sha256": stray.sha256,
        "arrived_at": stray.arrived_at.isoformat(),
        "vouched": True,
    }
    lane = "mail:" + stray.sender_address.rpartition("@")[2]
    key = f"stray:{stray.id}"
    await inbox.enqueue(session, "mail", key, json.dumps(body).encode(), lane=lane)
