"""What is stored about somebody, who sees it, for how long, and what goes to which model.

An area adds what it keeps with `lines`. Numbers about groups go through `may_break_down`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.people import store
from bot.people.model import Person
from bot.words import _

# In a smaller group a number tells of single people.
SMALLEST_GROUP = 5
NOTICES_KEPT = timedelta(days=30)
MORNINGS_KEPT = timedelta(days=90)
ABSENCES_KEPT = timedelta(days=400)


@dataclass(frozen=True)
class Line:
    """One kind of thing that is stored; all but `what` may be said in a few words. `model` "" means none."""

    what: str
    seen_by: str
    kept: str
    model: str = ""


Lines = Callable[[AsyncSession, Person], Awaitable[list[Line]]]
LINES: dict[str, tuple[int, Lines]] = {}


def lines(area: str, order: int) -> Callable[[Lines], Lines]:
    """Let a function say what an area stores about somebody; lower `order` stands higher."""

    def register(function: Lines) -> Lines:
        if area in LINES:
            raise ValueError(f"{area} says twice what it stores")
        LINES[area] = (order, function)
        return function

    return register


async def about(session: AsyncSession, person: Person) -> list[Line]:
    """Give everything that is stored about somebody."""
    registered = sorted(LINES.values(), key=lambda one: one[0])
    return [line for _order, function in registered for line in await function(session, person)]


def may_break_down(count: int) -> bool:
    """Tell whether a group is large enough to show its parts and not only its whole."""
    return count >= SMALLEST_GROUP


@lines("people", order=0)
async def _of_people(session: AsyncSession, person: Person) -> list[Line]:
    absences = await store.absences_of_source(session, person.id, "said")
    absences += await store.absences_of_source(session, person.id, "feed")
    absences += await store.absences_of_source(session, person.id, "status")
    notices = await store.waiting_notices(session, person.id)
    while_here = _("as long as you are in the workspace")
    return [
        Line(
            _("From Slack: your name, mail address, title, time zone, language and status"),
            _("your colleagues, as in Slack"),
            while_here,
        ),
        Line(
            _("Your hours, departments, role, manager and what others may ask you about"),
            _("your colleagues"),
            while_here,
        ),
        Line(
            _("Your quiet hours, the hour of your daily message, country, and the address of your calendar"),
            _("only you"),
            while_here,
        ),
        Line(
            _("Your absences ({count} now), with their reasons").format(count=len(absences)),
            _("that you are away: your colleagues; the reason: you and your lead"),
            _("{days} days after their end").format(days=ABSENCES_KEPT.days),
        ),
        Line(
            _("What I told you outside your hours ({count} waiting now)").format(count=len(notices)),
            _("only you"),
            _("{days} days").format(days=NOTICES_KEPT.days),
        ),
        Line(
            _("How often you were asked for something and did not answer, so that I stop asking"),
            _("you, and the one who asked"),
            _("until you answer"),
        ),
        Line(
            _("What you changed in the settings, and what you sent out of the company"),
            _("admins, in the audit log"),
            _("for good"),
        ),
    ]
