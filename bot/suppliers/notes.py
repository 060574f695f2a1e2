"""What stays inside: words typed in the thread, internal notes, and who takes care of a conversation."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import SwitchboardError
from bot.people.model import Person
from bot.storage import outbox
from bot.suppliers import cards, messages, store
from bot.suppliers.model import Conversation, Note, Supplier


class CannotTakeCare(SwitchboardError):
    """{name} is not on the shop's own team, so this cannot be assigned to them."""


async def typed(
    session: AsyncSession,
    *,
    channel_id: str,
    thread_ts: str,
    ts: str,
    author: Person,
    text: str,
    now: datetime,
) -> None:
    """Keep what somebody typed in a conversation's thread.

    While the supplier waits, tell the author, and only them, every time, that it was not sent.
    """
    conversation = await store.conversation_of_card(session, channel_id, thread_ts)
    if conversation is None or not author.may_act:
        return
    note = Note(conversation_id=conversation.id, author_id=author.id, ts=ts, text=text, written_at=now)
    session.add(note)
    await session.flush()
    if conversation.waiting_since is None or not text.strip():
        return
    supplier = await session.get_one(Supplier, conversation.supplier_id)
    hint = outbox.Draft(
        key=f"not-sent:{channel_id}:{ts}",
        kind="slack.ephemeral",
        lane=f"ephemeral:{channel_id}:{author.id}",
        payload={
            "channel": channel_id,
            "user": author.id,
            "thread_ts": thread_ts,
            **messages.not_sent(note.id, supplier),
        },
    )
    await outbox.add(session, hint)


async def write(
    session: AsyncSession, conversation_id: int, author: Person, text: str, now: datetime
) -> None:
    """Put an internal note into the thread."""
    conversation = await session.get_one(Conversation, conversation_id)
    note = Note(conversation_id=conversation_id, author_id=author.id, text=text, written_at=now)
    session.add(note)
    await session.flush()
    await cards.in_thread(session, conversation, f"note:{note.id}", messages.note_post(author.name, text))


async def assign(session: AsyncSession, conversation_id: int, assignee: Person, by: Person) -> None:
    """Put somebody in charge of a conversation, and tell them in its thread."""
    if not assignee.may_act:
        raise CannotTakeCare(name=assignee.name)
    conversation = await store.lock_conversation(session, conversation_id)
    conversation.assignee_id = assignee.id
    post = messages.assigned_post(assignee.id, by.name)
    await cards.in_thread(session, conversation, f"assign:{outbox.new_uid()}", post)
    await cards.refresh(session, conversation)
