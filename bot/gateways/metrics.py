"""Health as Prometheus reads it: https://prometheus.io/docs/instrumenting/exposition_formats."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector


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
