"""Telling somebody something, when it is welcome: now in their hours, else at their next working moment.

What waits is merged with whatever else is due then, and never dropped. Only what is urgent comes at any time,
and says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.blocks import Block
from bot.calendar import NobodyWorks
from bot.people import availability, messages, store
from bot.people.model import NoticeRow, Person
from bot.storage import outbox, schedule

KIND = "notices"
# A Slack message holds 50 blocks.
_MOST_BLOCKS = 46


@dataclass(frozen=True)
class Notice:
    """What somebody should know.

    `key` makes it be told once; `urgent` says why it cannot wait, or is empty.
    """

    key: str
    kind: str
    text: str
    blocks: Sequence[Block] = field(default_factory=tuple)
    urgent: str = ""

    @property
    def shown(self) -> list[Block]:
        """The notice as blocks."""
        return list(self.blocks) or [blocks.section(self.text)]


async def tell(session: AsyncSession, person: Person, notice: Notice, now: datetime) -> None:
    """Tell it in a direct message, or keep it for this person's next working moment."""
    if notice.urgent:
        body = messages.urgent(notice.text, notice.shown, notice.urgent)
        await _post(session, person.id, f"notice:{notice.key}", body["text"], body["blocks"])
        return
    moment = await welcome(session, person, now)
    if moment <= now:
        await _post(session, person.id, f"notice:{notice.key}", notice.text, notice.shown)
    else:
        await _defer(session, person, notice, moment, now)


async def welcome(session: AsyncSession, person: Person, now: datetime) -> datetime:
    """Give the first moment at which a message is welcome: in working hours, not quiet, no Do Not Disturb."""
    theirs = await availability.calendar_of(session, person, now)
    since = max(now, person.dnd_until or now)
    try:
        return calendar.next_welcome_moment(theirs, since)
    except NobodyWorks:
        # Somebody without any hours would otherwise never hear of it.
        return since


async def _defer(
    session: AsyncSession, person: Person, notice: Notice, moment: datetime, now: datetime
) -> None:
    row = {
        "key": notice.key, "person_id": person.id, "kind": notice.kind, "text": notice.text,
        "blocks": notice.shown, "due_at": moment, "state": "waiting", "created_at": now,
    }  # fmt: skip
    await store.add_notice(session, row)
    await schedule.bring_forward(session, f"{KIND}:{person.id}", KIND, moment)


async def deliver(session: AsyncSession, person: Person, now: datetime) -> datetime | None:
    """Tell, merged into one message, what waited; when to look again, if anything still waits."""
    moment = await welcome(session, person, now)
    if moment > now:
        return moment
    due = await store.notices_due(session, person.id, now)
    if due:
        shown, text = merged(due), messages.while_away(len(due))
        await _post(session, person.id, f"notices:{due[0].id}:{due[-1].id}", text, shown)
        for one in due:
            one.state = "told"
    return await store.next_notice(session, person.id)


def merged(due: Sequence[NoticeRow]) -> list[Block]:
    """Put what waited under each other; what does not fit is said in its short form."""
    shown: list[Block] = [blocks.section(f"*{messages.while_away(len(due))}*")] if len(due) > 1 else []
    for position, one in enumerate(due):
        if len(shown) + len(one.blocks) > _MOST_BLOCKS - 2:
            rest = "\n".join(f"• {blocks.clip(other.text, 200)}" for other in due[position:])
            return [*shown, blocks.section(blocks.clip(rest, blocks.SECTION_TEXT))]
        if position and len(due) > 1:
            shown.append(blocks.divider())
        shown += one.blocks
    return shown


async def _post(session: AsyncSession, person_id: str, key: str, text: str, shown: Sequence[Block]) -> None:
    # Slack takes a person's id for the direct message with them.
    draft = outbox.Draft(
        key=key,
        kind="slack.post",
        lane=f"slack:{person_id}",
        payload={"channel": person_id, "text": text, "blocks": list(shown)},
    )
    await outbox.add(session, draft)
