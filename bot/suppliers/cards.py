"""The card of a conversation and what stands in its thread, as rows for the outbox."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.mail.model import Attachment
from bot.people import store as people
from bot.storage import outbox
from bot.storage.outbox import Draft
from bot.suppliers import messages, store
from bot.suppliers.model import Contact, Conversation, Supplier, SupplierMail


async def open_card(
    session: AsyncSession,
    conversation: Conversation,
    supplier: Supplier,
    contact: Contact,
    mail: SupplierMail,
) -> None:
    """Post the card of a new conversation, as a message by that supplier."""
    body = messages.card(conversation, supplier, contact, mail, reply=None, names={})
    card = Draft(
        key=f"mail:{mail.id}",
        kind="slack.post",
        lane=lane(conversation),
        payload={
            "channel": conversation.channel_id,
            **messages.as_supplier(supplier, contact),
            **body,
        },
    )
    conversation.card_id = mail.post_id = await outbox.add(session, card)


async def follow_up(
    session: AsyncSession,
    conversation: Conversation,
    supplier: Supplier,
    contact: Contact,
    mail: SupplierMail,
) -> None:
    """Post a further mail into the thread, as a message by that supplier."""
    body = messages.follow_up(conversation, supplier, contact, mail)
    mail.post_id = await in_thread(
        session, conversation, f"mail:{mail.id}", messages.as_supplier(supplier, contact) | body
    )


async def refresh(session: AsyncSession, conversation: Conversation) -> None:
    """Bring the card up to date: who answers, who is in charge, since when it waits."""
    await session.flush()
    supplier = await session.get_one(Supplier, conversation.supplier_id)
    mail = await store.first_mail(session, conversation.id)
    contact = await session.get_one(Contact, mail.contact_id)
    reply = await store.last_reply(session, conversation.id)
    involved = [conversation.assignee_id, conversation.answered_by, reply.author_id if reply else None]
    names = await people.names(session, involved)
    card = Draft(
        key=f"card:{conversation.id}:{outbox.new_uid()}",
        kind="slack.update",
        lane=lane(conversation),
        payload=messages.card(conversation, supplier, contact, mail, reply=reply, names=names),
        after_id=conversation.card_id,
        topic=f"card:{conversation.id}",
    )
    await outbox.add(session, card)


async def in_thread(
    session: AsyncSession, conversation: Conversation, key: str, payload: dict[str, Any], **more: Any
) -> int:
    """Post something into the conversation's thread; give the outbox row."""
    post = Draft(
        key=key,
        kind="slack.post",
        lane=lane(conversation),
        payload=payload,
        after_id=conversation.card_id,
        **more,
    )
    return await outbox.add(session, post)


async def change_post(
    session: AsyncSession, conversation: Conversation, post_id: int, payload: dict[str, Any]
) -> None:
    """Change a message of ours in the thread; only the newest change need arrive."""
    change = Draft(
        key=f"post:{post_id}:{outbox.new_uid()}",
        kind="slack.update",
        lane=lane(conversation),
        payload=payload,
        after_id=post_id,
        topic=f"post:{post_id}",
    )
    await outbox.add(session, change)


def file(conversation: Conversation, mail: SupplierMail, number: int, file: Attachment, sha256: str) -> Draft:
    """Give the delivery of one attachment into the thread. It has a lane of its own: 20 MB take a while."""
    return Draft(
        key=f"mail:{mail.id}:file:{number}",
        kind="slack.file",
        lane=f"file:{conversation.id}",
        payload={
            "channel": conversation.channel_id,
            "name": file.name,
            "sha256": sha256,
            "size": file.size,
        },
        after_id=conversation.card_id,
    )


def join(channel_id: str) -> Draft:
    """Let the bot join a channel before anything is said there."""
    return Draft(
        key=f"join:{channel_id}:{outbox.new_uid()}",
        kind="slack.join",
        lane=f"slack:{channel_id}",
        payload={"channel": channel_id},
    )


def lane(conversation: Conversation) -> str:
    """Give the lane of everything said in the conversation's channel."""
    return f"slack:{conversation.channel_id}"
