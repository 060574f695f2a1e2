"""Health as Prometheus reads it: https://prometheus.io/docs/instrumenting/exposition_formats."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

# Seconds until a database that does not answer counts as none.
_PATIENCE = 10.0


@dataclass(frozen=True)
class Gauge:
    """One measure: its name without our prefix, what it says, and its values by labels."""

    name: str
    says: str
    labels: tuple[str, ...]
    values: tuple[tuple[tuple[str, ...], float], ...]


class _Measured(Collector):
    def __init__(self, gauges: Iterable[Gauge]) -> None:
        self._gauges = tuple(gauges)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for gauge in self._gauges:
            family = GaugeMetricFamily(f"switchboard_{gauge.name}", gauge.says, labels=gauge.labels)
            for labels, value in gauge.values:
                family.add_metric(labels, value)
            yield family


def exposed(gauges: Iterable[Gauge]) -> bytes:
    """Write these measures as a scrape's answer."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Measured(gauges))
    return generate_latest(registry)


Measures = Callable[[], Awaitable[Sequence[Gauge]]]


async def problem(measures: Measures) -> str:
    """Say in a sentence that the database cannot be asked; "" when it can."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await measures()
    except (OSError, SQLAlchemyError) as error:
        return f"The database does not answer ({type(error).__name__})."
    return ""
