"""What keeps the store small: once a day, in small batches, what was kept long enough goes.

How long is the shop's choice (`Kept`, from the settings). Nothing that is open, waits or has not left goes,
however old it is; rows keep their keys, so that nothing comes a second time.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock as clocks
from bot.letters import retention as letters
from bot.people import store as people
from bot.settings import Settings
from bot.storage import retention
from bot.storage.schedule import ScheduleRow
from bot.suppliers.desk import DESK as SUPPLIERS
from bot.triage.desk import DESK as TRIAGE
from bot.triage.model import CLOSED, AnswerTime, CorrectionRow, Ticket
from bot.understanding import store as understanding
from jobs.schedule import Errand

KIND = "upkeep"
KEY = "upkeep"
ACT = "upkeep.forgot"
PASSING_SOURCES = ("slack", "slack.trigger")
# What people outside wrote; all other arrivals are notes to ourselves.
MAIL_SOURCES = ("mail", "triage", "triage.form")
# Posts stay: they tell which conversation a Slack message belongs to. Mails stay: they are what was said.
PASSING_KINDS = ("slack.ephemeral", "slack.respond", "slack.update", "slack.home", "slack.join")
_KEPT = (
    letters.Kept(SUPPLIERS),
    letters.Kept(TRIAGE, (Ticket.state == CLOSED,), (AnswerTime.ticket_id, CorrectionRow.ticket_id)),
)
WRITTEN = ("matters", "mails", "posts", "files", "answers of the model")
_NEXT_BATCH = timedelta(seconds=2)


@dataclass(frozen=True)
class Keeping:
    """How long is kept what people wrote (None: for ever), their files, what a model said, the rest."""

    mail: timedelta | None
    files: timedelta | None
    model: timedelta
    technical: timedelta


def keeping(settings: Settings) -> Keeping:
    """Read it from the settings, where 0 days are for ever."""
    return Keeping(
        mail=timedelta(days=settings.keep_mail_days) if settings.keep_mail_days else None,
        files=timedelta(days=settings.keep_files_days) if settings.keep_files_days else None,
        model=timedelta(days=settings.keep_model_answers_days),
        technical=timedelta(days=settings.keep_technical_days),
    )


def errand(kept: Keeping) -> Errand:
    """Give the errand: one batch, and due again at once while there is more, else the day after."""

    async def tidy(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime:
        gone = await _technical(session, kept)
        gone += await _written(session, kept, now)
        await _note(session, gone, now)
        return max(row.due, now) + (_NEXT_BATCH if gone else timedelta(days=1))

    return tidy


async def _technical(session: AsyncSession, kept: Keeping) -> Counter[str]:
    """Drop and empty what was only ever for us. Machinery goes by real time."""
    before = clocks.wall() - kept.technical
    emptied, _files = await retention.empty_arrivals(session, before, but=(*PASSING_SOURCES, *MAIL_SOURCES))
    return Counter(
        events=await retention.drop_events(session, PASSING_SOURCES, before) + emptied,
        deliveries=await retention.drop_deliveries(session, PASSING_KINDS, before),
    )


async def _written(session: AsyncSession, kept: Keeping, now: datetime) -> Counter[str]:
    """Drop what people wrote long ago about things that are over, and the files nothing names any more."""
    gone: Counter[str] = Counter()
    files: set[str] = set()
    if kept.files:
        before = clocks.wall() - kept.files
        gone["posts"], files = await retention.empty_deliveries(session, before, kinds=("slack.file",))
    if kept.mail:
        for one in (
            *[await letters.drop_matters(session, desk, now - kept.mail) for desk in _KEPT],
            await letters.drop_old_mails(session, now - kept.mail),
        ):
            gone += Counter(matters=one.matters, mails=one.mails)
            files |= one.files
        before, open_ones = clocks.wall() - kept.mail, [name for desk in _KEPT for name in desk.names]
        for posts, named in (
            await retention.empty_deliveries(session, before, named_by=open_ones),
            await retention.empty_arrivals(session, before, only=MAIL_SOURCES),
        ):
            gone["posts"] += posts
            files |= named
    gone["files"] = await retention.drop_files(session, files, letters.files_of(_KEPT))
    gone["answers of the model"] = await understanding.forget(session, now - kept.model)
    return +gone


async def _note(session: AsyncSession, gone: Counter[str], now: datetime) -> None:
    """Write what went of people's words into the audit log: one line a day, however many batches."""
    counts = {name: gone[name] for name in WRITTEN if gone[name]}
    if not counts:
        return
    line = await people.audited_since(session, ACT, now - timedelta(hours=12))
    if line is None:
        await people.audit(session, now, None, ACT, _said(counts), **counts)
    else:
        counts = dict(Counter(counts) + Counter(line.detail))
        line.subject, line.detail = _said(counts), counts


def _said(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[name]} {name}" for name in WRITTEN if name in counts)
