"""What was written long ago about something that is over: it goes for good, where the shop wants that."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.letters.desk import Desk
from bot.letters.model import ASIDE, TAKEN, OldMail, Stray
from bot.storage import retention
from bot.storage.retention import Column

# Matters a batch: each has a dozen rows of its own.
_MATTERS = 50


@dataclass(frozen=True)
class Kept:
    """A desk, the condition that a matter is over beside what holds for all, and further rows of a matter.

    `further`: their columns that name the matter; those that hang on others first.
    """

    desk: Desk
    over: Sequence[ColumnElement[bool]] = ()
    further: Sequence[Column] = ()

    @property
    def names(self) -> list[Column]:
        """Every column that names a delivery."""
        desk = self.desk
        return [_of(desk.matters.card_id), _of(desk.answers.mail_id), _of(desk.answers.post_id),
                _of(desk.mails.post_id)]  # fmt: skip


@dataclass
class Gone:
    """What went: how many of each, and the files it named."""

    matters: int = 0
    mails: int = 0
    files: set[str] = field(default_factory=set)


def _of(column: object) -> Column:
    assert isinstance(column, InstrumentedAttribute)
    return column


def files_of(kept: Sequence[Kept]) -> list[Column]:
    """Give every column that names a file: mails as they came."""
    return [_of(Stray.sha256), _of(OldMail.sha256), *(_of(one.desk.mails.sha256) for one in kept)]


async def drop_matters(session: AsyncSession, kept: Kept, before: datetime) -> Gone:
    """Delete matters in which nothing happened since, with all that was written in them.

    Not those that wait for anybody, in which an answer was begun, is held or was not sent, or of which
    anything has not reached Slack.
    """
    desk, gone = kept.desk, Gone()
    matters, mails, answers, drafts = desk.matters, desk.mails, desk.answers, desk.drafts
    mine = matters.id
    parts = [_of(one.conversation_id) for one in (desk.answers, desk.mails, desk.notes)]
    rows = select(mine).where(
        matters.active_at < before,
        matters.waiting_since.is_(None),
        *kept.over,
        ~exists().where(drafts.conversation_id == mine),
        ~exists().where(answers.conversation_id == mine, answers.state == "held"),
        ~exists().where(answers.conversation_id == mine, retention.is_live(answers.mail_id)),
        ~retention.is_live(matters.card_id),
        # SQLite gives the number of the last row again when that row is gone, and numbers stand in keys.
        mine < select(func.max(mine)).scalar_subquery(),
        *(mine != _owner_of_newest(one) for one in (*kept.further, *parts)),
    )
    # Whoever hears of one of them meanwhile waits, and finds it gone; whoever was first keeps it.
    chosen = rows.order_by(mine).limit(_MATTERS).with_for_update(skip_locked=True)
    ids = (await session.execute(chosen)).scalars().all()
    named = select(mails.sha256).where(mails.conversation_id.in_(ids), mails.sha256 != "")
    gone.files |= set((await session.execute(named)).scalars())
    for column in (*kept.further, *parts):
        ended = delete(column.class_).where(column.in_(ids)).returning(column)
        count = len((await session.execute(ended.execution_options(synchronize_session=False))).all())
        gone.mails += count if column.class_ in (mails, answers) else 0
    gone.matters = await retention.delete_named(session, _of(mine), ids)
    return gone


def _owner_of_newest(column: Column) -> ColumnElement[int]:
    table = column.class_
    newest = select(func.max(table.id)).scalar_subquery()
    return func.coalesce(select(column).where(table.id == newest).scalar_subquery(), 0)


async def drop_old_mails(session: AsyncSession, before: datetime) -> Gone:
    """Delete mails of the time before us, and those that were set aside; not what waits to be sorted."""
    gone = Gone()
    for table, at, more in (
        (OldMail, OldMail.written_at, ()),
        (Stray, Stray.arrived_at, (Stray.state.in_((ASIDE, TAKEN)),)),
    ):
        newest = select(func.max(table.id)).scalar_subquery()
        rows = select(table.id, table.sha256).where(at < before, table.id < newest, *more)
        found = (await session.execute(rows.limit(retention.BATCH))).all()
        gone.files |= {one.sha256 for one in found}
        gone.mails += await retention.delete_named(session, _of(table.id), [one.id for one in found])
    return gone
