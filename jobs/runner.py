"""Runs one piece of work so that its failure is its own: the job runner's broad `except`."""

import logging
from collections.abc import Awaitable

from bot.errors import SwitchboardError

log = logging.getLogger(__name__)


async def attempt(
    name: str, work: Awaitable[object], *quiet: type[Exception], through: tuple[type[Exception], ...] = ()
) -> str | None:
    """Do it; None when it went well, else the kind of failure.

    Errors of a `quiet` class count as well; those `through` are the caller's.
    """
    try:
        await work
    except through:
        raise
    except quiet:
        log.info("%s is no longer ours", name)
    except SwitchboardError as error:
        log.warning("%s failed: %s", name, error.sentence)
        return type(error).__name__
    except Exception as error:
        log.exception("%s failed", name)
        return type(error).__name__
    return None
