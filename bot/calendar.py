"""Local time: what the clock on somebody's wall says."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

# Most people sleep or are at home then; a reader is told so, nothing is decided by it.
_NIGHT_ENDS, _NIGHT_BEGINS = 7, 21


def zone(name: str) -> tzinfo | None:
    """Give the zone of an IANA name such as Asia/Shanghai, or None when there is none."""
    try:
        return ZoneInfo(name) if name in available_timezones() else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def local(instant: datetime, zone_name: str) -> datetime:
    """Give the wall time of `instant` in that zone; UTC for a zone nobody knows."""
    there = zone(zone_name)
    return instant.astimezone(there) if there else instant


def is_night(local_time: datetime) -> bool:
    """Tell whether it is early or late enough there that hardly anybody works."""
    return not _NIGHT_ENDS <= local_time.hour < _NIGHT_BEGINS
