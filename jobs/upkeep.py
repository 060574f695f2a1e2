"""What keeps the store small: once a day, what served its purpose and can never be asked for again goes."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot import clock as clocks
from bot.storage.inbox import InboxRow
from bot.storage.outbox import OutboxRow
from bot.storage.schedule import ScheduleRow

KIND = "upkeep"
KEY = "upkeep"
KEEP_FOR = timedelta(days=30)
# Posts stay: they tell which conversation a Slack message belongs to. Mails stay: they are what was said.
PASSING_KINDS = ("slack.ephemeral", "slack.respond", "slack.update", "slack.home", "slack.join")


async def errand(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime:
    """Delete passing things that are settled and 30 days old; due again the day after."""
    horizon, waiting = clocks.wall() - KEEP_FOR, aliased(OutboxRow)
    await session.execute(
        delete(InboxRow).where(
            InboxRow.source.in_(("slack", "slack.trigger")),
            InboxRow.state == "done",
            InboxRow.received_at < horizon,
        )
    )
    await session.execute(
        delete(OutboxRow).where(
            OutboxRow.kind.in_(PASSING_KINDS),
            OutboxRow.state.in_(("sent", "failed", "superseded", "cancelled")),
            OutboxRow.settled_at < horizon,
            ~exists().where(waiting.after_id == OutboxRow.id),
        )
    )
    return max(row.due, now) + timedelta(days=1)
