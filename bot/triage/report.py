"""What came and how promises were kept. Answer times of people are seen by themselves and one named lead."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.people import store as people
from bot.people.model import Person
from bot.triage import messages, store
from bot.triage.model import AnswerTime, Ticket
from bot.words import _, n_

PERIOD = timedelta(days=30)
# Of fewer, a number would tell of one person or one case.
LEAST = 5


async def compose(session: AsyncSession, person: Person, now: datetime) -> list[Block]:
    """Give the report of the last 30 days, as this person may see it."""
    start = now - PERIOD
    came = await store.since(session, start)
    times: list[AnswerTime] = await store.answer_times(session, start)
    shown: list[Block] = [blocks.header(_("Customers' mail, the last 30 days"))]
    if not came:
        return [*shown, blocks.section(_("No customer has written."))]
    shown += [blocks.section(_whole(came, times)), *_by_category(came)]
    mine = [one for one in times if one.author_id == person.id]
    if mine:
        said = _("*Yours*, seen by you and one lead: {answers}").format(answers=_times(mine))
        shown.append(blocks.section(said))
    if person.id == await store.watcher(session):
        names = await people.names(session, {one.author_id for one in times})
        shown += _by_person(times, names)
    return shown


def _whole(came: Sequence[Ticket], times: Sequence[AnswerTime]) -> str:
    late = sum(one.breached_at is not None for one in came)
    tickets = n_("{count} ticket", "{count} tickets", len(came)).format(count=len(came))
    line = f"*{tickets}* · " + _("{count} late now").format(count=late)
    return f"{line}\n{_times(times)}" if times else line


def _times(times: Sequence[AnswerTime]) -> str:
    kept = sum(one.in_time for one in times) / len(times)
    hours = median(one.seconds for one in times) / 3600
    said = n_(
        "{count} answer, {kept} in time; half of them within {hours} working hours",
        "{count} answers, {kept} in time; half of them within {hours} working hours",
        len(times),
    )
    return said.format(count=len(times), kept=f"{kept:.0%}", hours=f"{hours:.1f}")


def _by_category(came: Sequence[Ticket]) -> list[Block]:
    counts = Counter(one.category for one in came)
    many = [(name, count) for name, count in counts.most_common() if count >= LEAST]
    few = sum(count for count in counts.values() if count < LEAST)
    lines = [f"{messages.category(name)}: {count}" for name, count in many]
    if few and many:
        lines.append(_("Others, fewer than {least} each: {count}").format(least=LEAST, count=few))
    return [blocks.section("\n".join(lines))] if lines else []


def _by_person(times: Sequence[AnswerTime], names: dict[str, str]) -> list[Block]:
    counts = Counter(one.author_id for one in times)
    lines = [
        f"*{blocks.escape(names.get(author, author))}*: "
        + _times([one for one in times if one.author_id == author])
        for author, count in counts.most_common()
        if count >= LEAST
    ]
    few = [author for author, count in counts.items() if count < LEAST]
    if few:
        lines.append(_("Who answered fewer than {least} is not shown.").format(least=LEAST))
    return [blocks.section("\n".join(lines))] if lines else []
