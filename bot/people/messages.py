"""What Slack shows of people, hours and permissions: every sentence and action id of the area."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot import blocks
from bot.blocks import Block
from bot.words import _, day, n_


def urgent(text: str, shown: Sequence[Block], why: str) -> dict[str, Any]:
    """Give something that interrupts, with the reason why it does."""
    reason = _("This comes now, and not at your next working hour, because {why}").format(why=why)
    return {"text": text, "blocks": [*shown, blocks.context(f"🔔 {reason}")]}


def while_away(count: int) -> str:
    """Give the heading over what waited for somebody's working hours."""
    return n_(
        "{count} thing came while you were not working",
        "{count} things came while you were not working",
        count,
    ).format(count=count)


def good_morning(when: date) -> str:
    """Give the first line of the one scheduled message of a day."""
    return _("Your day, {day}").format(day=day(when, "EEEE d MMMM"))
