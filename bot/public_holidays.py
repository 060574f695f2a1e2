"""Public holidays and make-up working days, as far as the `holidays` library knows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType


@dataclass(frozen=True)
class Year:
    """One year of one place: holidays by their date, and days off that are worked in their stead."""

    names: Mapping[date, str]
    made_up: frozenset[date]


_NOTHING = Year(MappingProxyType({}), frozenset())


@lru_cache(maxsize=1024)
def year(country: str, subdivision: str | None, number: int, language: str = "en") -> Year:
    """Give a year's holidays, in `language` where the library has it; none for a place it does not know."""
    if not is_known(country, subdivision):
        return _NOTHING
    import holidays  # noqa: PLC0415 - slow to import, and many commands never ask

    place = holidays.country_holidays(country.upper(), subdiv=subdivision, years=number, language="en_US")
    theirs = next((code for code in place.supported_languages if code.partition("_")[0] == language), None)
    if theirs and language != "en":
        place = holidays.country_holidays(country.upper(), subdiv=subdivision, years=number, language=theirs)
    made_up = frozenset(day for day in getattr(place, "weekend_workdays", ()) if day.year == number)
    return Year(MappingProxyType(dict(place)), made_up)


def is_known(country: str, subdivision: str | None = None) -> bool:
    """Tell whether the library knows this ISO 3166 country ("CN"), and this part of it ("BY" of "DE")."""
    parts = subdivisions(country)
    return parts is not None and (subdivision is None or subdivision in parts)


@lru_cache(maxsize=512)
def subdivisions(country: str) -> tuple[str, ...] | None:
    """Give the codes of a country's parts that have holidays of their own; None for an unknown country."""
    import holidays  # noqa: PLC0415 - slow to import, and many commands never ask

    try:
        return tuple(holidays.country_holidays(country.upper()).subdivisions)
    except NotImplementedError:
        return None
