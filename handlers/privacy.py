"""What is stored about whoever asks: /switchboard privacy."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.people import areas, messages, privacy, store
from bot.people.model import Person
from bot.people.privacy import Line
from bot.triage import store as triage
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


@privacy.lines("triage", order=45)
async def of_triage(session: AsyncSession, person: Person) -> list[Line]:
    """Say what customers' mail keeps of a colleague."""
    if not await areas.is_on(session, "triage"):
        return []
    watcher = await triage.watcher(session)
    name = (await store.names(session, [watcher])).get(watcher or "", "")
    seen_by = _("you, and {name}").format(name=blocks.escape(name)) if name else _("only you")
    return [
        Line(
            _("What you wrote to customers, drafts left open, notes, and which tickets you took or closed"),
            _("everybody in the channel; drafts: only you"),
            _("as long as the shop keeps its correspondence"),
            _("the customer's words, with names, addresses and numbers hidden, where you asked for a draft"),
        ),
        Line(
            _("How long your answers to customers took"),
            seen_by if watcher != person.id else _("only you"),
            _("as long as the shop keeps its correspondence"),
        ),
        Line(
            _("How you corrected the sorting of customers' mail, under your name"),
            _("everybody in the channel"),
            _("until it is taken back"),
        ),
    ]
