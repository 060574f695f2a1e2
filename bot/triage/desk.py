"""The customers' desk: how their letters are kept, shown and answered."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import store as letters
from bot.letters.desk import Desk, Window
from bot.letters.model import Answer, Incoming, Matter
from bot.people import messages as people_messages
from bot.people import store as people
from bot.people.model import Department
from bot.triage import card, messages, promises, saved, store
from bot.triage.model import (
    CLOSED,
    OPEN,
    WAITING,
    AnswerTime,
    Ticket,
    TicketDraft,
    TicketMail,
    TicketNote,
    TicketReply,
)
from bot.triage.pleasantries import only_thanks
from bot.words import SHOP, _, speaking


class TriageDesk(Desk):
    """Letters of customers."""

    name = "triage"
    matters, mails, answers, notes, drafts = Ticket, TicketMail, TicketReply, TicketNote, TicketDraft

    async def card(self, session: AsyncSession, matter: Matter, reader: str = SHOP) -> dict[str, Any]:
        """Give the card: what the customer wrote, what it is, by when, and who has it."""
        ticket = cast("Ticket", matter)
        mail = await letters.first_mail(self, session, ticket.id)
        reply = await letters.last_answer(self, session, ticket.id)
        involved = [
            ticket.assignee_id,
            ticket.answered_by,
            ticket.closed_by,
            ticket.raised_by,
            ticket.learned_from,
            reply.author_id if reply else None,
        ]
        names = await people.names(session, involved)
        department = await session.get(Department, ticket.department_id or 0)
        with speaking(reader):
            title = people_messages.title(department) if department else ""
            return card.card(ticket, mail, reply, names, title)

    async def called(self, session: AsyncSession, matter: Matter) -> str:  # noqa: ARG002 - the desk's signature
        """Give the customer's name."""
        ticket = cast("Ticket", matter)
        return ticket.customer_name or ticket.customer_address or _("the customer")

    async def window(
        self,
        session: AsyncSession,
        matter: Matter,
        mail: Incoming,
        now: datetime,  # noqa: ARG002
        *,
        drafts: bool,
    ) -> Window:
        """Say who reads it, and offer what the team has answered before."""
        return messages.window(
            cast("Ticket", matter), mail, await store.saved_replies(session), drafts=drafts
        )

    async def reads(self, session: AsyncSession, matter: Matter, mail: Incoming) -> str:  # noqa: ARG002
        """Give the language they wrote in."""
        return mail.language or cast("Ticket", matter).language or ""

    def subject(self, matter: Matter, mail: Incoming) -> str:
        """Put the ticket's number into the subject, so that an answer finds back however it is sent."""
        number = f"[#{matter.id}]"
        subject = mail.subject or matter.subject
        return subject if number in subject else f"{subject} {number}".strip()

    def mistake(self, text: str) -> str:
        """Say which variable still stands in an answer."""
        return saved.unfilled(text)

    async def assigned(self, session: AsyncSession, matter: Matter) -> None:
        """Stop asking who takes it."""
        await promises.taken(session, cast("Ticket", matter))

    async def sent(self, session: AsyncSession, matter: Matter, answer: Answer, now: datetime) -> None:
        """Let the promise rest: it is the customer's turn."""
        ticket = cast("Ticket", matter)
        ticket.assignee_id = ticket.assignee_id or answer.author_id
        newer = [one for one in await letters.mails(self, session, ticket.id) if one.id > answer.answers_id]
        if all(only_thanks(one.text) for one in newer):
            ticket.waiting_since = None
        if ticket.waiting_since is not None or ticket.state == CLOSED:
            return
        if ticket.counted_from is not None:
            left = await promises.left(session, ticket, now)
            late = ticket.breached_at is not None
            hours = await promises.calendar_of(session, ticket, now)
            took = promises.working_seconds(hours, ticket.counted_from, now)
            session.add(
                AnswerTime(
                    ticket_id=ticket.id,
                    reply_id=answer.id,
                    author_id=answer.author_id,
                    category=ticket.category,
                    at=now,
                    seconds=took,
                    in_time=left > 0 and not late,
                )
            )
        await promises.pause(session, ticket, now)
        ticket.state, ticket.snoozed_until = WAITING, None

    async def came_back(self, session: AsyncSession, matter: Matter, answer: Answer, now: datetime) -> None:
        """Take it up again: the customer has no answer after all."""
        ticket = cast("Ticket", matter)
        if ticket.state == WAITING:
            ticket.state = OPEN
            newest = await letters.last_mail(self, session, ticket.id)
            ticket.waiting_since = ticket.waiting_since or newest.arrived_at
            await promises.resume(session, ticket, now)
        elif answer.state == "bounced" and ticket.state == OPEN:
            await promises.resume(session, ticket, now)


DESK = TriageDesk()
