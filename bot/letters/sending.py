"""Whether answers may leave: an area rehearses until it is switched on, and anybody can stop them all."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import messages, replies
from bot.letters.desk import Desk
from bot.people import store as people
from bot.people.model import Person
from bot.storage import holds, outbox
from bot.storage.holds import ALL_MAIL
from bot.storage.outbox import Draft


async def begin(session: AsyncSession, desk: Desk, now: datetime) -> None:
    """Let an area whose mail is read from a real mailbox begin with a rehearsal, once."""
    if not await has_begun(session, desk):
        await people.set_setting(session, _key(desk), "began with a rehearsal")
        await holds.hold(session, desk.purpose, None, now)


async def has_begun(session: AsyncSession, desk: Desk) -> bool:
    """Tell whether an area began with a rehearsal, so that people decide whether it sends."""
    return await people.setting(session, _key(desk)) is not None


def _key(desk: Desk) -> str:
    return f"sending:{desk.name}"


async def rehearses(session: AsyncSession, desk: Desk) -> bool:
    """Tell whether the answers of an area are only shown."""
    return any(one.name == desk.purpose for one in await holds.all_of(session))


async def stopped_by(session: AsyncSession) -> tuple[str, datetime] | None:
    """Tell who stopped all mail, and when."""
    found = next((one for one in await holds.all_of(session) if one.name == ALL_MAIL), None)
    if found is None:
        return None
    return (await people.names(session, [found.by])).get(found.by or "", ""), found.at


async def switch(session: AsyncSession, desk: Desk, person: Person, now: datetime, *, on: bool) -> None:
    """Let the answers of an area leave from now on, those that wait too; or only show them again."""
    if on:
        changed = await holds.let_go(session, desk.purpose)
    else:
        changed = await holds.hold(session, desk.purpose, person.id, now)
    if changed:
        act = "sending.on" if on else "sending.off"
        await people.audit(session, now, person.id, act, desk.name)
        await replies.redraw_held(desk, session)


async def stop(
    session: AsyncSession, desks: Sequence[Desk], channels: Sequence[str], person: Person, now: datetime
) -> bool:
    """Hold back all mail at once, and say in these channels who did it; False when it is held already."""
    if not await holds.hold(session, ALL_MAIL, person.id, now):
        return False
    await _said(session, desks, channels, person, now, "sending.stopped")
    return True


async def go(
    session: AsyncSession, desks: Sequence[Desk], channels: Sequence[str], person: Person, now: datetime
) -> bool:
    """Let mail leave again, and say who did it; False when nobody stopped it."""
    if not await holds.let_go(session, ALL_MAIL):
        return False
    await _said(session, desks, channels, person, now, "sending.resumed")
    return True


async def _said(
    session: AsyncSession,
    desks: Sequence[Desk],
    channels: Sequence[str],
    person: Person,
    now: datetime,
    act: str,
) -> None:
    await people.audit(session, now, person.id, act)
    for desk in desks:
        await replies.redraw_held(desk, session)
    for channel in dict.fromkeys(channels):
        post = Draft(
            key=f"{act}:{channel}:{outbox.new_uid()}",
            kind="slack.post",
            lane=f"slack:{channel}",
            payload={
                "channel": channel,
                **messages.sending_post(person.name, stopped=act == "sending.stopped"),
            },
        )
        await outbox.add(session, post)
