"""How the bot itself is, for admins: what could not be delivered, with a way to try again."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.people.permissions import Rank
from bot.storage import outbox
from bot.storage.outbox import OutboxRow
from bot.words import _
from handlers import home
from handlers.routes import Request, action

RETRY = "operations.retry"


@action(RETRY, needs=Rank.ADMIN)
async def retry(request: Request) -> None:
    """Try a delivery again that was set aside."""
    async with request.transaction() as session:
        await outbox.retry(session, int(request.value))
        await home.redraw(request, session)
    await request.ack()


@home.section("deliveries", order=90, needs=Rank.ADMIN)
async def deliveries(_request: Request, session: AsyncSession) -> list[Block]:
    """Show an admin what was set aside."""
    failed = await outbox.failed(session, limit=10)
    if not failed:
        return [blocks.context(_("✓ Everything has been delivered."))]
    return [blocks.section(f"*{_('Could not be delivered')}*"), *map(_delivery, failed)]


def _delivery(row: OutboxRow) -> Block:
    text = f"{row.kind} · {blocks.when(row.created_at)}\n{blocks.escape(row.error or '')}"
    return blocks.section(text, accessory=blocks.button(_("Try again"), RETRY, row.id))
