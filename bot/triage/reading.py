"""Making something of a customer's text: sorted here at once, and where that is not sure a model is asked.

Nothing is open while it thinks: the corrections are read, the database is let go, then it sorts in a thread.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.letters.arriving import REPLY_PREFIX
from bot.ports import Answered, Choice, LanguageModel, ToClassify
from bot.storage.database import Database
from bot.triage import store
from bot.triage.engine.corrections import Correction
from bot.triage.engine.words import fold
from bot.triage.model import Found
from bot.triage.priority import LEVELS

# Imported where something is sorted, it lets the bot be up sooner.
# ruff: noqa: PLC0415
if TYPE_CHECKING:
    from bot.triage.sorting import Sorted, Sorter

# Seconds a model has to say what a text is; then what was found here stands, and a person is asked.
_DEADLINE = 20.0
# Characters of a text that tell what it is about. A megabyte of lines would take half a second more.
_TELLING = 20_000
_CHOICES = {
    "order_status": "where an order is, or when it comes",
    "delivery_problem": "a parcel that is late, lost, damaged on its way, or sent to a wrong address",
    "return_refund": "sending goods back, or money back",
    "damaged_wrong_item": "goods that came broken, wrong or incomplete",
    "payment_invoice": "paying, invoices, charges",
    "account": "signing in, passwords, personal data",
    "product_question": "a question about a product before or after buying it",
    "change_cancel_order": "changing or cancelling an order",
    "promotion": "vouchers, discounts, campaigns",
    "website_problem": "something on the website does not work",
    "complaint": "anger about the shop or its service",
    "feedback": "praise or ideas",
    "other": "nothing of these: applications, advertising, spam, press",
}


@lru_cache(maxsize=2)
def sorter(vips: tuple[str, ...], corrections: tuple[Correction, ...]) -> "Sorter":
    """Give the sorter that follows these corrections; two are in use, with and without them."""
    from bot.triage.sorting import Rules, Sorter

    return Sorter(Rules(vips=vips), corrections)


def warm_up() -> None:
    """Load what the sorting learnt, which takes a second, before the first customer waits for it."""
    sorter((), ()).sort("Where is my parcel?")


def learnable(subject: str, text: str) -> str:
    """Give the words of a mail by which a correction is remembered."""
    return f"{REPLY_PREFIX.sub('', subject, count=1)}\n{text}".strip()


async def read(database: Database, subject: str, text: str, sender: str) -> Found:
    """Sort a text, with no transaction open."""
    async with database.read() as session:
        corrections, vips = await store.corrections(session), await store.vips(session)
    found, learned_from = await asyncio.to_thread(_sort, vips, corrections, subject, text, sender)
    return Found(**asdict(found), learned_from=learned_from)


def _sort(
    vips: tuple[str, ...], corrections: tuple[Correction, ...], subject: str, text: str, sender: str
) -> "tuple[Sorted, str | None]":
    text = text[:_TELLING]
    found = sorter(vips, corrections).sort(text, subject=subject, sender=sender)
    if not corrections:
        return found, None
    untaught = sorter(vips, ()).sort(text, subject=subject, sender=sender)
    if (untaught.category, untaught.asks) == (found.category, found.asks):
        return found, None
    return found, _teacher(corrections, found.category, learnable(subject, text))


def _teacher(corrections: Sequence[Correction], category: str, text: str) -> str | None:
    """Tell whose correction made the difference: of those that say so, the one most like the text."""
    words = set(fold(text).split())

    def likeness(one: Correction) -> float:
        theirs = set(fold(one.text).split())
        return len(words & theirs) / (len(words | theirs) or 1)

    those = [one for one in corrections if one.category == category]
    return max(those, key=likeness).by if those else None


async def ask(model: LanguageModel, subject: str, text: str) -> Choice | None:
    """Ask a model what a text is; None when it is not sure either, or takes too long."""
    from bot.triage.engine.verdict import SURE

    try:
        async with asyncio.timeout(_DEADLINE):
            answer = await model.classify(ToClassify(learnable(subject, text), _CHOICES))
    except TimeoutError:
        return None
    return answer.value if isinstance(answer, Answered) and answer.value.confidence >= SURE else None


def by_person(
    category: str, subject: str, text: str, sender: str, vips: tuple[str, ...]
) -> tuple[str, str, tuple[str, ...]]:
    """Give the department, priority and its reasons of a text that a person says is of this category."""
    from bot.triage.sorting import Sorted

    known = sorter(vips, ())
    base = Sorted(category, 1.0, False, (), None, LEVELS[2], (), None, None, "")  # noqa: FBT003
    chosen = known.corrected(base, learnable(subject, text), category, sender=sender)
    return chosen.department, chosen.priority, chosen.priority_why
