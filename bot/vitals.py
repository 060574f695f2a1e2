"""What the bot tells of itself: its gauges, whether it is well, and whether there is anything left to do."""

from collections.abc import Mapping

from bot import clock as clocks
from bot.gateways import metrics
from bot.gateways.metrics import Gauge
from bot.gateways.web import Failing, Work
from bot.services import Services
from bot.storage import health, inbox, outbox, schedule
from jobs.arrivals import ArrivalWorker
from jobs.crew import Crew
from jobs.delivery import Dispatcher


async def measures(services: Services) -> list[Gauge]:
    """Measure how much waits, how old it is, and what left."""
    async with services.database.read() as session:
        found = await health.measure(session, services.clock.now())
    return [
        Gauge(
            "inbox_waiting",
            "Things that reached us and are not dealt with.",
            (),
            (((), found.inbox_waiting),),
        ),
        Gauge("inbox_aside", "Things given up until a person looks.", (), (((), found.inbox_aside),)),
        Gauge("inbox_age_seconds", "Age of the oldest thing that waits.", (), (((), found.inbox_age),)),
        Gauge("outbox", "Deliveries by state.", ("state",), _by(found.outbox)),
        Gauge("outbox_age_seconds", "Age of the oldest delivery that is due.", (), (((), found.outbox_age),)),
        Gauge(
            "deliveries_24h",
            "Deliveries of the last 24 hours.",
            ("kind", "state"),
            tuple((labels, float(count)) for labels, count in sorted(found.delivered.items())),
        ),
    ]


def _by(counts: Mapping[str, int]) -> tuple[tuple[tuple[str, ...], float], ...]:
    return tuple(((name,), float(count)) for name, count in sorted(counts.items()))


async def problem(services: Services, crew: Crew) -> str:
    """Say in sentences why the bot is not well, "" when it is: what `/healthz` and the life signs go by."""
    found = (await metrics.problem(lambda: measures(services)), crew.problem())
    return " ".join(filter(None, found))


async def quiet(services: Services, dispatcher: Dispatcher, arrivals: ArrivalWorker) -> Work:
    """Tell whether there is nothing left to do now, when there will be again, and which errands failed."""
    now = services.clock.now()
    async with services.database.read() as session:
        waiting = await inbox.waiting(session) + await outbox.waiting(session, now)
        due, failing = await schedule.next_due(session), await schedule.failing(session)
        held, _ = await outbox.next_due(session, now, clocks.wall())
    coming = [one for one in (due, now + held if held else None) if one is not None]
    busy = waiting or not (dispatcher.idle and arrivals.idle) or (due is not None and due <= now)
    failed = tuple(Failing(row.key, row.error or "", row.retry_at or now) for row in failing)
    return Work(not busy, min(coming, default=None), failed)
