"""The suppliers' desk: how their letters are kept, shown and answered."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import store as letters
from bot.letters.desk import Desk, Window
from bot.letters.model import Incoming, Matter
from bot.people import store as people
from bot.suppliers import messages
from bot.suppliers.model import Contact, Conversation, Draft, Note, Reply, Supplier, SupplierMail
from bot.words import SHOP, speaking


class SuppliersDesk(Desk):
    """Letters of suppliers."""

    name = "suppliers"
    matters, mails, answers, notes, drafts = Conversation, SupplierMail, Reply, Note, Draft

    async def card(self, session: AsyncSession, matter: Matter, reader: str = SHOP) -> dict[str, Any]:
        """Give the card: the first mail, who answers, who is in charge, since when it waits."""
        conversation = cast("Conversation", matter)
        mail = cast("SupplierMail", await letters.first_mail(self, session, matter.id))
        contact = await session.get_one(Contact, mail.contact_id)
        reply = await letters.last_answer(self, session, matter.id)
        involved = [matter.assignee_id, matter.answered_by, reply.author_id if reply else None]
        names = await people.names(session, involved)
        supplier = await self.supplier(session, matter)
        with speaking(reader):
            return messages.card(conversation, supplier, contact, mail, reply=reply, names=names)

    async def called(self, session: AsyncSession, matter: Matter) -> str:
        """Give the supplier's name."""
        return (await self.supplier(session, matter)).name

    async def window(
        self,
        session: AsyncSession,
        matter: Matter,
        mail: Incoming,
        now: datetime,
        *,
        drafts: bool,  # noqa: ARG002
    ) -> Window:
        """Say who reads it, what time it is there, and in which language they wrote."""
        return messages.window(await self.supplier(session, matter), mail, now)

    async def reads(self, session: AsyncSession, matter: Matter, mail: Incoming) -> str:
        """Give the language they wrote in, or else the supplier's."""
        return mail.language or (await self.supplier(session, matter)).language

    @staticmethod
    async def supplier(session: AsyncSession, matter: Matter) -> Supplier:
        """Give whose matter it is."""
        return await session.get_one(Supplier, cast("Conversation", matter).supplier_id)


DESK = SuppliersDesk()
