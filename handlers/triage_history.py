"""What a customer and we wrote to each other, from our own store."""

from bot.letters import modals as letters
from bot.triage import history, messages
from bot.triage.desk import DESK
from bot.triage.model import Ticket
from handlers.routes import Request, action


@action(messages.HISTORY)
async def show_history(request: Request) -> None:
    """Show all that was written to and by the customer of a ticket."""
    async with request.services.database.read() as session:
        ticket = await session.get_one(Ticket, int(request.value))
        entries, more = await history.of(session, ticket)
        title = await DESK.called(session, ticket)
    await request.open(letters.history(title, entries, more=more))
    await request.ack()
