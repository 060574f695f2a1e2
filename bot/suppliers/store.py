"""Every query about suppliers."""

from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.model import TAKEN, UNSORTED, Stray, fold
from bot.suppliers.model import (
    SUBJECT_MATCHES_FOR,
    Contact,
    Conversation,
    NotASupplier,
    Supplier,
)

# Where anybody may have an address: the same domain says nothing.
_ANYBODYS = frozenset(
    """126.com 139.com 163.com aliyun.com aol.com foxmail.com free.fr gmail.com gmx.com gmx.de gmx.net
    googlemail.com hotmail.com hotmail.fr icloud.com libero.it live.com mail.com mail.ru me.com msn.com
    orange.fr outlook.com proton.me protonmail.com qq.com sapo.pt sina.cn sina.com sohu.com t-online.de
    uol.com.br web.de yahoo.com yahoo.fr yandex.ru yeah.net""".split()  # noqa: SIM905 - read better as words
)

# What we begin is shown nowhere until it is sent.
_IS_SHOWN = Conversation.card_id.is_not(None)


async def all_suppliers(session: AsyncSession) -> list[Supplier]:
    """Give every supplier by name."""
    return list((await session.execute(select(Supplier).order_by(Supplier.folded_name))).scalars())


async def by_name(session: AsyncSession, name: str) -> Supplier | None:
    """Find a supplier by name, whatever its case."""
    found = select(Supplier).where(Supplier.folded_name == fold(name))
    return (await session.execute(found)).scalar_one_or_none()


async def contact_of(session: AsyncSession, address: str) -> Contact | None:
    """Find who writes from this address."""
    return (await session.execute(select(Contact).where(Contact.address == address))).scalar_one_or_none()


async def contacts(session: AsyncSession, supplier_id: int) -> list[Contact]:
    """Give the people of a supplier, in the order they were added."""
    rows = select(Contact).where(Contact.supplier_id == supplier_id).order_by(Contact.id)
    return list((await session.execute(rows)).scalars())


async def supplier_of_domain(session: AsyncSession, address: str) -> Supplier | None:
    """Find a supplier with a contact at the same domain: a hint for a person, never a decision."""
    domain = address.rpartition("@")[2].lower()
    if domain in _ANYBODYS:
        return None
    domain = domain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = (
        select(Supplier)
        .join(Contact, Contact.supplier_id == Supplier.id)
        .where(Contact.address.like(f"%@{domain}", escape="\\"))
        .limit(1)
    )
    return (await session.execute(rows)).scalar_one_or_none()


async def conversation_by_subject(
    session: AsyncSession, supplier_id: int, folded_subject: str, now: datetime
) -> Conversation | None:
    """Find a conversation of this supplier that was active lately under this subject."""
    rows = (
        select(Conversation)
        .where(
            Conversation.supplier_id == supplier_id,
            Conversation.folded_subject == folded_subject,
            Conversation.active_at >= now - SUBJECT_MATCHES_FOR,
        )
        .order_by(Conversation.active_at.desc())
        .limit(1)
    )
    return (await session.execute(rows)).scalars().first()


async def waiting_conversations(
    session: AsyncSession, supplier_id: int | None = None
) -> list[tuple[Conversation, Supplier]]:
    """Give what waits for us, the longest wait first; of one supplier, or of all."""
    rows = (
        select(Conversation, Supplier)
        .join(Supplier, Supplier.id == Conversation.supplier_id)
        .where(Conversation.waiting_since.is_not(None))
        .order_by(Conversation.waiting_since)
    )
    if supplier_id is not None:
        rows = rows.where(Conversation.supplier_id == supplier_id)
    return [(conversation, supplier) for conversation, supplier in await session.execute(rows)]


async def latest_conversations(session: AsyncSession) -> list[tuple[Conversation, Supplier]]:
    """Give the newest conversation with each supplier that has one, by name."""
    newest = select(func.max(Conversation.id)).where(_IS_SHOWN).group_by(Conversation.supplier_id)
    rows = (
        select(Conversation, Supplier)
        .join(Supplier, Supplier.id == Conversation.supplier_id)
        .where(Conversation.id.in_(newest.scalar_subquery()))
        .order_by(Supplier.folded_name)
        .limit(100)
    )
    return [(conversation, supplier) for conversation, supplier in await session.execute(rows)]


async def never_written(session: AsyncSession) -> list[Supplier]:
    """Give the suppliers with an address and without a conversation, by name."""
    rows = (
        select(Supplier)
        .where(
            exists().where(Contact.supplier_id == Supplier.id),
            ~exists().where(Conversation.supplier_id == Supplier.id, _IS_SHOWN),
        )
        .order_by(Supplier.folded_name)
        .limit(100)
    )
    return list((await session.execute(rows)).scalars())


async def begun(session: AsyncSession, supplier_id: int, subject: str) -> Conversation | None:
    """Give what somebody wanted to write to a supplier first under this subject, and nobody has sent."""
    mine = (
        Conversation.supplier_id == supplier_id,
        Conversation.subject == subject,
        Conversation.card_id.is_(None),
    )
    return (await session.execute(select(Conversation).where(*mine).limit(1))).scalar_one_or_none()


async def waiting_counts(session: AsyncSession) -> dict[int, int]:
    """Count what waits for us, by supplier."""
    rows = (
        select(Conversation.supplier_id, func.count())
        .where(Conversation.waiting_since.is_not(None))
        .group_by(Conversation.supplier_id)
    )
    return {supplier_id: count for supplier_id, count in await session.execute(rows)}  # noqa: C416 - typed rows


async def is_not_a_supplier(session: AsyncSession, address: str) -> bool:
    """Tell whether somebody said that this address is no supplier's."""
    return await session.get(NotASupplier, address) is not None


async def sorted_stray(session: AsyncSession, sha256: str) -> Stray | None:
    """Find where a mail was shown that a person has sorted since."""
    mine = (Stray.sha256 == sha256, Stray.state == TAKEN, Stray.post_id.is_not(None))
    return (await session.execute(select(Stray).where(*mine).order_by(Stray.id.desc()))).scalars().first()


async def called(session: AsyncSession, word: str) -> Supplier | None:
    """Find the supplier of this name, or else the one and only with a word that begins so."""
    wanted = fold(word)
    if not wanted:
        return None
    everybody = await all_suppliers(session)
    same = [one for one in everybody if one.folded_name == wanted]
    begins = [one for one in everybody if f" {one.folded_name}".find(f" {wanted}") >= 0]
    found = same or begins
    return found[0] if len(found) == 1 else None


async def unsorted_of(session: AsyncSession, address: str) -> list[Stray]:
    """Give the mails from this address that nobody has sorted yet, in the order they came."""
    rows = select(Stray).where(Stray.sender_address == address, Stray.state == UNSORTED).order_by(Stray.id)
    return list((await session.execute(rows)).scalars())
