"""Measures as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from bot.gateways.metrics import Gauge


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
