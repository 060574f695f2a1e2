"""What a colleague answered from another mail program: shown in the thread, and counted as our answer."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import cards, messages, store
from bot.letters.arriving import Arrived
from bot.letters.desk import Desk
from bot.letters.model import Incoming, Matter
from bot.people import store as people
from bot.people.model import Person


async def answered(desk: Desk, session: AsyncSession, arrived: Arrived) -> bool:
    """Take it into the matter it answers; False when it answers none of this desk.

    It was in our own folder of sent mail, so what it refers to is believed, as long as it went to somebody
    who wrote in that matter: a mail passed on to a third answers nobody.
    """
    mail = arrived.mail
    message_id = mail.message_id or f"<{arrived.sha256}@elsewhere>"
    if await store.answer_by_message_id(desk, session, message_id):
        return True
    found = await _matter(desk, session, arrived)
    if found is None:
        return False
    matter, recipients = found
    letters = await store.mails(desk, session, matter.id)
    before = [one for one in letters if one.arrived_at <= arrived.at] or letters[:1]
    later = [one for one in letters if one.arrived_at > arrived.at]
    author = await _colleague(session, mail.sender.address)
    answer = desk.answers(
        conversation_id=matter.id,
        answers_id=before[-1].id,
        author_id=author.id if author else "",
        recipient=recipients[0],
        copies=recipients[1:],
        text=mail.text,
        message_id=message_id,
        state="sent",
        written_at=arrived.at,
        leaves_at=arrived.at,
        sent_at=arrived.at,
    )
    session.add(answer)
    await session.flush()
    # What came in after it was sent still waits for an answer.
    matter.waiting_since = later[0].arrived_at if later else None
    matter.answered_by, matter.answered_at = answer.author_id, arrived.at
    matter.active_at = max(matter.active_at, arrived.at)
    await desk.sent(session, matter, answer, arrived.at)
    matter.assignee_id = matter.assignee_id or None
    post = messages.elsewhere_post(answer, author.name if author else mail.sender.name)
    answer.post_id = await cards.in_thread(session, matter, f"{desk.name}:reply:{answer.id}:post", post)
    await cards.refresh(desk, session, matter)
    return True


async def _matter(desk: Desk, session: AsyncSession, arrived: Arrived) -> tuple[Matter, list[str]] | None:
    """Find the matter, locked, and who of it this went to."""
    went_to = [one.address for one in (*arrived.mail.to, *arrived.mail.cc) if one.address]
    for one in await store.by_references(desk, session, arrived.refers_to):
        known = _addresses(await store.mails(desk, session, one.id))
        if recipients := [address for address in went_to if address in known]:
            return await store.lock(desk, session, one.id), recipients
    return None


def _addresses(letters: list[Incoming]) -> set[str]:
    return {
        address
        for one in letters
        for address in (one.sender_address, one.reply_address, *one.copies)
        if address
    }


async def _colleague(session: AsyncSession, address: str) -> Person | None:
    """Give who writes from this address, unless it is one that several share."""
    return next(
        (one for one in await people.colleagues(session) if (one.email or "").lower() == address), None
    )
