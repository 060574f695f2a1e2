"""Changing who is who: one's own settings, departments, pauses; every mistake is said at its field."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar, public_holidays
from bot.errors import SwitchboardError
from bot.people import mornings, store
from bot.people.feed import READING
from bot.people.model import STANDARD, Department, Pause, Person
from bot.storage import schedule
from bot.week import HoursNotUnderstood, Week
from bot.words import _

_FEED = re.compile(r"(?:https|webcal)://[^\s<>\"]{4,500}", re.IGNORECASE)


class NameTaken(SwitchboardError):
    """There is a department of this name already."""


@dataclass(frozen=True)
class Wishes:
    """What somebody filled in about themselves, as typed."""

    hours: str
    zone: str
    country: str
    language: str
    morning: str
    quiet: str
    skills: str
    feed: str


def mistakes(wishes: Wishes) -> dict[str, str]:
    """Tell what is wrong, by field; {} when it can be kept."""
    wrong: dict[str, str] = {}
    for name, text in (("hours", wishes.hours), ("quiet", wishes.quiet)):
        try:
            week = Week.parse(text) if text.strip() else None
        except HoursNotUnderstood as error:
            wrong[name] = error.sentence
        else:
            if name == "hours" and (week is None or week == Week()):
                wrong[name] = _("Without any hours nothing could ever reach you.")
    if wishes.zone.strip() and calendar.zone(wishes.zone.strip()) is None:
        wrong["zone"] = _("There is no such time zone. Write it as Continent/City, such as Asia/Shanghai.")
    if wishes.country.strip() and place(wishes.country) is None:
        wrong["country"] = _("I know no public holidays there. Write it like PT, CN or DE-BY.")
    if wishes.feed.strip() and not _FEED.fullmatch(wishes.feed.strip()):
        wrong["feed"] = _("The address of a calendar begins with https://")
    return wrong


def place(text: str) -> tuple[str, str | None] | None:
    """Read a country with or without its part, such as DE-BY; None for one whose holidays nobody knows."""
    country, _dash, part = text.strip().upper().partition("-")
    known = public_holidays.is_known(country, part or None)
    return (country, part or None) if known else None


async def keep_wishes(session: AsyncSession, person_id: str, wishes: Wishes, now: datetime) -> Person:
    """Keep what has no `mistakes`, and plan the person's mornings by it."""
    person = await session.get_one(Person, person_id)
    person.hours = str(Week.parse(wishes.hours))
    person.own_zone = wishes.zone.strip() or None
    person.country, person.subdivision = place(wishes.country) or (None, None)
    person.own_language = wishes.language
    person.morning = f"{time.fromisoformat(wishes.morning):%H:%M}" if wishes.morning else None
    person.quiet = str(Week.parse(wishes.quiet)) if wishes.quiet.strip() else None
    skills = re.split(r"[,;\n，、]", wishes.skills)
    person.skills = [" ".join(one.split())[:80] for one in skills if one.strip()][:20]
    feed = wishes.feed.strip()
    person.absence_feed = "https" + feed[6:] if feed.lower().startswith("webcal:") else feed or None
    if person.absence_feed:
        await schedule.bring_forward(session, READING, READING, now)
    await session.flush()
    await mornings.plan(session, person, now)
    return person


def slug_of(name: str) -> str:
    """Give the short name of a department, for files and commands."""
    return re.sub(r"[^\w]+", "-", name.casefold()).strip("-")[:40] or "department"


async def ensure_departments(session: AsyncSession) -> None:
    """Give a new installation the departments most shops have; they can be changed and taken away."""
    if await store.setting(session, "departments", default=False):
        return
    if not await store.departments(session):
        for slug, name, aim in STANDARD:
            session.add(Department(slug=slug, name=name, aim=aim))
    await store.set_setting(session, "departments", True)  # noqa: FBT003 - a setting's value


class NotATeamMember(SwitchboardError):
    """{name} is not on the shop's own team."""


class NotAGuest(SwitchboardError):
    """{name} is no guest: there is nobody to let in."""


async def keep_role(
    session: AsyncSession, person: Person, role: str, manager_id: str | None, *, by: Person, now: datetime
) -> None:
    """Note what somebody does in the shop, and whom they report to."""
    person.role, person.manager_id = " ".join(role.split())[:150], manager_id
    await store.audit(session, now, by.id, "person.changed", person.name, person=person.id)


async def make_admin(
    session: AsyncSession, person: Person, *, admin: bool, by: Person, now: datetime
) -> None:
    """Make a colleague an admin, or no longer one."""
    if admin and not person.is_colleague:
        raise NotATeamMember(name=person.name)
    if person.is_admin != admin:
        person.is_admin = admin
        act = "admin.made" if admin else "admin.unmade"
        await store.audit(session, now, by.id, act, person.name, person=person.id)


async def welcome_guest(
    session: AsyncSession, person: Person, *, welcome: bool, by: Person, now: datetime
) -> None:
    """Let a guest of the workspace use the bot, or no longer."""
    if not person.is_guest or person.is_stranger:
        raise NotAGuest(name=person.name)
    if person.is_welcome != welcome:
        person.is_welcome = welcome
        act = "guest.welcomed" if welcome else "guest.shown_out"
        await store.audit(session, now, by.id, act, person.name, person=person.id)


async def end_pause(session: AsyncSession, pause_id: int, by: Person, now: datetime) -> None:
    """Take a pause back; its days are worked again. Nothing when somebody else did."""
    pause = await session.get(Pause, pause_id)
    if pause is None:
        return
    department_id = pause.department_id
    await session.delete(pause)
    await session.flush()
    await store.audit(session, now, by.id, "pause.removed", pause.name)
    await _plan_mornings(session, department_id, now)


async def _plan_mornings(session: AsyncSession, department_id: int | None, now: datetime) -> None:
    people = await store.members(session, department_id) if department_id else await store.colleagues(session)
    for person in people:
        await mornings.plan(session, person, now)


@dataclass(frozen=True)
class Plan:
    """What somebody filled in about a department."""

    name: str
    lead_id: str | None
    member_ids: tuple[str, ...]
    channel_id: str | None
    aim: str
    hours: str


async def keep_department(
    session: AsyncSession, department_id: int | None, plan: Plan, by: Person, now: datetime
) -> Department:
    """Add a department, or change one. `NameTaken`, and `HoursNotUnderstood` from its hours."""
    name = " ".join(plan.name.split())
    slug = slug_of(name)
    known = await store.department(session, slug)
    if known is not None and known.id != department_id:
        raise NameTaken
    one = await session.get_one(Department, department_id) if department_id else Department(slug=slug)
    one.name, one.lead_id, one.channel_id, one.aim = name, plan.lead_id, plan.channel_id, plan.aim
    one.hours = str(Week.parse(plan.hours)) if plan.hours.strip() else None
    session.add(one)
    await session.flush()
    await store.set_members(session, one.id, plan.member_ids)
    await store.audit(session, now, by.id, "department.changed", name)
    return one


async def add_pause(
    session: AsyncSession,
    name: str,
    department_id: int | None,
    first: date,
    last: date,
    by: Person,
    now: datetime,
) -> Pause:
    """Let everyone, or a department, not work on these days; everything scheduled moves."""
    pause = Pause(department_id=department_id, first_day=first, last_day=last, name=" ".join(name.split()))
    session.add(pause)
    await session.flush()
    await store.audit(session, now, by.id, "pause.added", pause.name, first=str(first), last=str(last))
    await _plan_mornings(session, department_id, now)
    return pause
