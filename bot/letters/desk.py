"""A desk: an area that answers letters. Its tables, and what it does in its own way."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import Block
from bot.letters.model import Answer, Begun, Incoming, Matter, Note
from bot.words import SHOP


@dataclass(frozen=True)
class Window:
    """What an area shows in the window in which an answer is written: who reads it, and what helps.

    `translates_into`: the language a model can put the answer into; "" when none can.
    """

    title: str
    facts: str
    helps: Sequence[Block] = field(default_factory=tuple)
    translates_into: str = ""


class Desk(ABC):
    """What the letters of an area are kept in, and what is shown of them.

    `name` begins the values of buttons ("suppliers:12") and the purposes of deliveries.
    """

    name: str
    matters: type[Matter]
    mails: type[Incoming]
    answers: type[Answer]
    notes: type[Note]
    drafts: type[Begun]

    @property
    def purpose(self) -> str:
        """Under which name the outbox tells what became of an answer."""
        return f"{self.name}.reply"

    def ref(self, row_id: int) -> str:
        """Name a row of this desk in a button or window."""
        return f"{self.name}:{row_id}"

    @abstractmethod
    async def card(self, session: AsyncSession, matter: Matter, reader: str = SHOP) -> dict[str, Any]:
        """Give the card of a matter as things stand now, in the language `reader`."""

    @abstractmethod
    async def called(self, session: AsyncSession, matter: Matter) -> str:
        """Give how the other side is called."""

    @abstractmethod
    async def window(
        self, session: AsyncSession, matter: Matter, mail: Incoming, now: datetime, *, drafts: bool
    ) -> Window:
        """Say what whoever answers should know. `drafts`: a model can write one."""

    @abstractmethod
    async def reads(self, session: AsyncSession, matter: Matter, mail: Incoming) -> str:
        """Give the language the other side reads."""

    def subject(self, matter: Matter, mail: Incoming) -> str:  # noqa: ARG002 - for areas that use it
        """Give the subject that is answered."""
        return mail.subject

    def mistake(self, text: str) -> str:  # noqa: ARG002 - for areas that use it
        """Say what is wrong with an answer as it is written; "" when it can leave."""
        return ""

    async def assigned(  # noqa: B027 - an area may have nothing to do
        self, session: AsyncSession, matter: Matter
    ) -> None:
        """Hear that somebody was put in charge."""

    async def sent(  # noqa: B027 - an area may have nothing to do
        self, session: AsyncSession, matter: Matter, answer: Answer, now: datetime
    ) -> None:
        """Hear that an answer left."""

    async def came_back(  # noqa: B027
        self, session: AsyncSession, matter: Matter, answer: Answer, now: datetime
    ) -> None:
        """Hear that an answer did not reach them: it failed, or it came back."""
