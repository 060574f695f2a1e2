"""Mail of the time before us, and what was sent past us: kept for the history, shown and asked nowhere."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.arriving import Arrived
from bot.letters.model import OldMail


async def keep(session: AsyncSession, arrived: Arrived, own: Collection[str], *, is_sent: bool) -> None:
    """Keep it once, also when it came to several of our mailboxes (`own`)."""
    mail = arrived.mail
    if mail.automatic and not is_sent:
        return
    others = [one.address for one in (*mail.to, *mail.cc) if one.address and one.address not in own]
    other_side = (others[0] if others else "") if is_sent else mail.sender.address
    if not other_side or await _is_kept(session, arrived, other_side):
        return
    row = OldMail(
        mailbox=arrived.mailbox.lower(),
        message_id=mail.message_id,
        references=arrived.refers_to,
        other_side=other_side,
        is_sent=is_sent,
        sender_name=mail.sender.name,
        sender_address=mail.sender.address,
        subject=mail.subject,
        written_at=mail.date or arrived.at,
        language=mail.language,
        text=mail.text,
        sha256=arrived.sha256,
    )
    session.add(row)


async def _is_kept(session: AsyncSession, arrived: Arrived, other_side: str) -> bool:
    mail = arrived.mail
    same = OldMail.sha256 == arrived.sha256
    if mail.message_id:
        same = or_(same, (OldMail.message_id == mail.message_id) & (OldMail.text == mail.text))
    rows = select(OldMail.id).where(OldMail.other_side == other_side, same).limit(1)
    return (await session.execute(rows)).first() is not None


async def of(session: AsyncSession, addresses: Collection[str], *, limit: int = 50) -> Sequence[OldMail]:
    """Give what was written to and by these addresses, the newest first."""
    mine = OldMail.other_side.in_(list(addresses))
    rows = select(OldMail).where(mine).order_by(OldMail.written_at.desc(), OldMail.id.desc()).limit(limit)
    return (await session.execute(rows)).scalars().all()
