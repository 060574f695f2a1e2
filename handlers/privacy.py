"""What is stored about whoever asks: /switchboard privacy."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.people import messages, privacy
from bot.people.model import Person
from bot.people.privacy import Line
from bot.words import _
from handlers.people import word
from handlers.routes import Request


@word("privacy")
async def show(request: Request, _rest: str) -> None:
    """Show somebody everything that is stored about them."""
    async with request.services.database.read() as session:
        lines = await privacy.about(session, request.person)
    await request.ack(text=_("What is stored about you"), blocks=messages.privacy(lines))


@privacy.lines("suppliers", order=40)
async def of_suppliers(_session: AsyncSession, _person: Person) -> list[Line]:
    """Say what the relay of suppliers' mail keeps of a colleague."""
    return [
        Line(
            _("What you wrote to suppliers, drafts you left open, and notes in their threads"),
            _("everybody in the channel; drafts: only you"),
            _("as long as the shop keeps its correspondence"),
            _("the text, with names, addresses and numbers hidden, where a translation was asked for"),
        )
    ]
