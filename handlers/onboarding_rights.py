"""Who may do what in onboarding, and what its handlers go by: the plans, the time, whom a text means."""

from datetime import date, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.errors import SwitchboardError
from bot.onboarding import plans, telling
from bot.onboarding.model import Hire
from bot.people import store as people
from bot.people.model import Person, known_zone
from bot.people.permissions import Rank
from handlers.routes import Request

AREA = "onboarding"


class MayNotStart(SwitchboardError):
    """Only a lead, an admin or whoever is asked about new people can start an onboarding."""


class NotTheManager(SwitchboardError):
    """Only the manager of this hire, or an admin, can do this."""


def plans_of(request: Request) -> plans.Plans:
    """Give the plans, the shop's own among them."""
    own = request.services.settings.plans_dir
    return plans.load(Path(own) if own else None)


def now_of(request: Request) -> datetime:
    """Give the business time."""
    return request.services.clock.now()


def today(request: Request) -> date:
    """Give the date where the person is."""
    return calendar.local(now_of(request), known_zone(request.person.zone)).date()


async def called(session: AsyncSession, text: str) -> Person | None:
    """Find a colleague by a mention, or by the beginning of the name."""
    if mentioned := blocks.mentioned(text):
        return await people.get(session, mentioned[0])
    wanted = text.strip().lstrip("@").casefold()
    everybody = await people.colleagues(session)
    starts = [one for one in everybody if wanted and one.name.casefold().startswith(wanted)]
    return starts[0] if len(starts) == 1 else None


async def prepares(request: Request, session: AsyncSession) -> bool:
    """Tell whether somebody may prepare an onboarding: start it, and fill in what its plan leaves open."""
    return request.standing.rank >= Rank.LEAD or await is_approver(request, session)


async def is_approver(request: Request, session: AsyncSession) -> bool:
    """Tell whether somebody is asked about new people."""
    approver = await telling.approver_of(session, request.services.settings.admins)
    return approver is not None and approver.id == request.person.id


async def require_starter(request: Request, session: AsyncSession) -> None:
    """Raise `MayNotStart` for anybody who may not begin an onboarding."""
    if not await prepares(request, session):
        raise MayNotStart


def require_manager(request: Request, hire: Hire) -> None:
    """Raise `NotTheManager` for anybody but the manager of a hire and admins."""
    if request.person.id != hire.manager_id and not request.standing.is_admin:
        raise NotTheManager
