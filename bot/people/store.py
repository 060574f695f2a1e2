"""Every query about people."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.people.model import (
    AbsenceRow,
    Asking,
    AuditEntry,
    Department,
    Membership,
    Morning,
    NoticeRow,
    Pause,
    Person,
    Setting,
    Workspace,
)
from bot.storage.database import for_change, insert


async def keep(session: AsyncSession, people: Iterable[Person]) -> None:
    """Add these people, or bring what Slack says of them up to date; what was told to us stays."""
    for person in people:
        await session.merge(person)


async def get(session: AsyncSession, user_id: str) -> Person | None:
    """Give one person, or None for somebody unknown."""
    return await session.get(Person, user_id)


async def names(session: AsyncSession, user_ids: Collection[str | None]) -> dict[str, str]:
    """Give the names of these people; somebody unknown is left out."""
    rows = select(Person.id, Person.name).where(Person.id.in_([one for one in user_ids if one]))
    return {row.id: row.name for row in await session.execute(rows)}


async def several(session: AsyncSession, user_ids: Collection[str]) -> list[Person]:
    """Give these people, by name; somebody unknown is left out."""
    rows = select(Person).where(Person.id.in_(list(user_ids))).order_by(func.lower(Person.name))
    return list((await session.execute(rows)).scalars())


async def colleagues(session: AsyncSession) -> list[Person]:
    """Give everybody of the team, by name."""
    rows = select(Person).where(
        ~Person.is_bot, ~Person.is_stranger, ~Person.is_gone, ~Person.is_guest
    )  # fmt: skip
    return list((await session.execute(rows.order_by(func.lower(Person.name)))).scalars())


async def with_feed(session: AsyncSession) -> list[Person]:
    """Give the colleagues whose absences come from a calendar of theirs."""
    return [one for one in await colleagues(session) if one.absence_feed]


async def everybody(session: AsyncSession) -> list[Person]:
    """Give everybody who is there, guests and people of other companies too, by name."""
    rows = select(Person).where(~Person.is_bot, ~Person.is_gone).order_by(func.lower(Person.name))
    return list((await session.execute(rows)).scalars())


async def pin_team(session: AsyncSession, team_id: str) -> str:
    """Note at the first start which workspace we serve; give the one noted."""
    row = {"id": 1, "team_id": team_id}
    await session.execute(insert(session, Workspace).values(row).on_conflict_do_nothing())
    return (await session.get_one(Workspace, 1)).team_id


async def pinned_team(session: AsyncSession) -> str | None:
    """Give the workspace we serve; None before the first start."""
    row = await session.get(Workspace, 1)
    return row.team_id if row else None


# ---- departments --------------------------------------------------------------------------------------


async def departments(session: AsyncSession) -> list[Department]:
    """Give every department by name."""
    return list((await session.execute(select(Department).order_by(func.lower(Department.name)))).scalars())


async def department(session: AsyncSession, slug: str) -> Department | None:
    """Find a department by its short name."""
    return (await session.execute(select(Department).where(Department.slug == slug))).scalar_one_or_none()


async def led_by(session: AsyncSession, person_id: str) -> list[Department]:
    """Give the departments this person leads."""
    rows = select(Department).where(Department.lead_id == person_id).order_by(func.lower(Department.name))
    return list((await session.execute(rows)).scalars())


async def departments_of(session: AsyncSession, person_id: str) -> list[Department]:
    """Give the departments this person works in or leads."""
    mine = select(Membership.department_id).where(Membership.person_id == person_id)
    rows = select(Department).where(or_(Department.id.in_(mine), Department.lead_id == person_id))
    return list((await session.execute(rows.order_by(func.lower(Department.name)))).scalars())


async def members(session: AsyncSession, department_id: int) -> list[Person]:
    """Give who works in a department or leads it, and is still there, by name."""
    hats = select(Membership.person_id).where(Membership.department_id == department_id)
    lead = select(Department.lead_id).where(Department.id == department_id, Department.lead_id.is_not(None))
    rows = select(Person).where(or_(Person.id.in_(hats), Person.id.in_(lead)), ~Person.is_gone)
    return list((await session.execute(rows.order_by(func.lower(Person.name)))).scalars())


async def hats(session: AsyncSession, department_id: int) -> list[str]:
    """Give the ids of those who are members of a department, its lead not counted as one."""
    rows = select(Membership.person_id).where(Membership.department_id == department_id)
    return list((await session.execute(rows.order_by(Membership.person_id))).scalars())


async def set_members(session: AsyncSession, department_id: int, person_ids: Iterable[str]) -> None:
    """Let exactly these people work in a department."""
    await session.execute(delete(Membership).where(Membership.department_id == department_id))
    for person_id in dict.fromkeys(person_ids):
        session.add(Membership(department_id=department_id, person_id=person_id))
    await session.flush()


# ---- absences and pauses ------------------------------------------------------------------------------


async def absences(
    session: AsyncSession, person_ids: Collection[str], since: datetime
) -> Sequence[AbsenceRow]:
    """Give the absences of these people that end after `since`, in the order they begin."""
    rows = (
        select(AbsenceRow)
        .where(
            AbsenceRow.person_id.in_(list(person_ids)),
            or_(AbsenceRow.ends_at.is_(None), AbsenceRow.ends_at > since),
        )
        .order_by(AbsenceRow.starts_at)
    )
    return (await session.execute(rows)).scalars().all()


async def absences_of_source(session: AsyncSession, person_id: str, source: str) -> list[AbsenceRow]:
    """Give what one source (said, status, feed) said of somebody's absences, past ones too."""
    mine = (AbsenceRow.person_id == person_id, AbsenceRow.source == source)
    rows = select(AbsenceRow).where(*mine).order_by(AbsenceRow.starts_at)
    return list((await session.execute(rows)).scalars())


async def away_by(session: AsyncSession, source: str, user_ids: Collection[str], now: datetime) -> set[str]:
    """Give who of these is away, now or later, by what one source said."""
    lasts = or_(AbsenceRow.ends_at.is_(None), AbsenceRow.ends_at > now)
    theirs = (AbsenceRow.person_id.in_(list(user_ids)), AbsenceRow.source == source, lasts)
    return set((await session.execute(select(AbsenceRow.person_id).where(*theirs))).scalars())


async def pauses(session: AsyncSession, since: date) -> Sequence[Pause]:
    """Give the pauses that are not over on `since`."""
    rows = select(Pause).where(Pause.last_day >= since).order_by(Pause.first_day)
    return (await session.execute(rows)).scalars().all()


# ---- settings and the audit log -----------------------------------------------------------------------


async def setting(session: AsyncSession, key: str, default: Any = None) -> Any:
    """Give what an admin decided."""
    row = await session.get(Setting, key)
    return default if row is None else row.value["value"]


async def all_settings(session: AsyncSession) -> dict[str, Any]:
    """Give everything an admin decided, by its key."""
    rows = (await session.execute(select(Setting).order_by(Setting.key))).scalars()
    return {row.key: row.value["value"] for row in rows}


async def set_setting(session: AsyncSession, key: str, value: Any) -> None:
    """Keep what an admin decided."""
    await session.merge(Setting(key=key, value={"value": value}))


async def audit(
    session: AsyncSession, now: datetime, actor_id: str | None, act: str, subject: str = "", **detail: Any
) -> None:
    """Write down who did something that changes the bot or leaves the company."""
    session.add(AuditEntry(at=now, actor_id=actor_id, act=act, subject=subject, detail=detail))


async def audited_since(session: AsyncSession, act: str, since: datetime) -> AuditEntry | None:
    """Give the newest entry of an act since then."""
    rows = select(AuditEntry).where(AuditEntry.act == act, AuditEntry.at >= since)
    return (await session.execute(rows.order_by(AuditEntry.id.desc()).limit(1))).scalars().first()


async def audit_log(session: AsyncSession, *, limit: int = 50, before: int | None = None) -> list[AuditEntry]:
    """Give the newest entries, those before the id `before` when it is given."""
    rows = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if before is not None:
        rows = rows.where(AuditEntry.id < before)
    return list((await session.execute(rows)).scalars())


# ---- notices and mornings -----------------------------------------------------------------------------


async def waiting_notices(session: AsyncSession, person_id: str) -> list[NoticeRow]:
    """Give what waits for somebody, in the order it came."""
    mine = (NoticeRow.person_id == person_id, NoticeRow.state == "waiting")
    return list((await session.execute(select(NoticeRow).where(*mine).order_by(NoticeRow.id))).scalars())


async def withdraw_notices(session: AsyncSession, key: str) -> None:
    """Take back what still waits to be told under this key or one that goes on from it."""
    of_key = or_(NoticeRow.key == key, NoticeRow.key.startswith(f"{key}:", autoescape=True))
    await session.execute(delete(NoticeRow).where(of_key, NoticeRow.state == "waiting"))


async def notices_told(session: AsyncSession, person_id: str, at: datetime) -> list[NoticeRow]:
    """Give what was told to somebody in one message, in the order it came."""
    mine = (NoticeRow.person_id == person_id, NoticeRow.state == "told", NoticeRow.due_at == at)
    return list((await session.execute(select(NoticeRow).where(*mine).order_by(NoticeRow.id))).scalars())


async def last_morning(session: AsyncSession, person_id: str) -> Morning | None:
    """Give the latest scheduled message somebody got."""
    rows = select(Morning).where(Morning.person_id == person_id).order_by(Morning.day.desc()).limit(1)
    return (await session.execute(rows)).scalar_one_or_none()


async def morning_of(session: AsyncSession, person_id: str, day: date) -> Morning | None:
    """Give the scheduled message of one day."""
    return await session.get(Morning, (person_id, day))


async def asking(session: AsyncSession, person_id: str, kind: str) -> Asking | None:
    """Give how somebody answers requests of one kind."""
    return await session.get(Asking, (person_id, kind))


async def lock_asking(session: AsyncSession, person_id: str, kind: str) -> Asking | None:
    """Give how somebody answers requests of one kind, as it is now, that nobody else changes meanwhile."""
    rows = select(Asking).where(Asking.person_id == person_id, Asking.kind == kind)
    return (await session.execute(for_change(rows))).scalar_one_or_none()


async def forget(
    session: AsyncSession, *, notices_before: datetime, mornings_before: date, absences_before: datetime
) -> None:
    """Delete what was told, scheduled messages and absences that are over, each older than its horizon."""
    told = (NoticeRow.state == "told", NoticeRow.due_at < notices_before)
    await session.execute(delete(NoticeRow).where(*told))
    await session.execute(delete(Morning).where(Morning.day < mornings_before))
    await session.execute(delete(AbsenceRow).where(AbsenceRow.ends_at < absences_before))


async def add_notice(session: AsyncSession, row: dict[str, Any]) -> None:
    """Let something wait for somebody; nothing when its key is there already."""
    await session.execute(insert(session, NoticeRow).values(row).on_conflict_do_nothing())


async def department_by_id(session: AsyncSession, department_id: int) -> Department:
    """Give a department that is known to exist."""
    return await session.get_one(Department, department_id)
