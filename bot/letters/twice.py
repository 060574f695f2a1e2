"""A mail to several of our addresses arrives once for each; within one area it is shown once."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.arriving import Arrived
from bot.letters.desk import Desk
from bot.letters.model import Stray
from bot.letters.strays import EXCERPT

# Copies of one mail come within minutes; a newsletter that says the same each day is no copy.
_TOGETHER = timedelta(hours=12)


async def is_here(desk: Desk, session: AsyncSession, arrived: Arrived, mailboxes: Collection[str]) -> bool:
    """Tell whether this mail came to another mailbox of the same area before; `mailboxes` are the area's.

    A Message-ID alone proves nothing, for anybody can use one again: sender and words must be the same.
    """
    mail = arrived.mail
    if arrived.vouched:
        return False
    mails = desk.mails
    if mail.message_id:
        same = select(mails.id).where(
            mails.message_id == mail.message_id,
            mails.sender_address == mail.sender.address,
            mails.text == mail.text,
        )
        if (await session.execute(same.limit(1))).first() is not None:
            return True
    set_aside = select(Stray.id).where(
        Stray.sender_address == mail.sender.address,
        Stray.subject == mail.subject,
        Stray.excerpt == mail.text[:EXCERPT],
        Stray.mailbox.in_([one.lower() for one in mailboxes if one.lower() != arrived.mailbox.lower()]),
        Stray.arrived_at >= arrived.at - _TOGETHER,
    )
    return (await session.execute(set_aside.limit(1))).first() is not None
