"""What can be measured of a running bot, and whether its database answers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

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


Measures = Callable[[], Awaitable[Sequence[Gauge]]]


async def problem(measures: Measures) -> str:
    """Say in a sentence that the database cannot be asked; "" when it can."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await measures()
    except (OSError, SQLAlchemyError) as error:
        return f"The database does not answer ({type(error).__name__})."
    return ""
