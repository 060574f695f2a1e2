"""Sorting a customer's mail on arrival, without any key or network: what it is, how urgent, for whom.

    sorter = Sorter(Rules(), corrections)
    found = sorter.sort(body, subject="Where is my parcel?", sender="ana@example.com")

A `Sorter` never changes, so threads may share it; after a correction make the next one with `taught`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.mail import language, quotes
from bot.triage.engine.categories import CATEGORIES
from bot.triage.engine.corrections import Correction, forget, learn
from bot.triage.engine.learning import Memory
from bot.triage.engine.optional import sentence_model
from bot.triage.engine.reading import Reader
from bot.triage.engine.verdict import SURE
from bot.triage.engine.weights import weights
from bot.triage.priority import LEVELS, is_vip, judge
from bot.triage.references import ORDER_NUMBERS, SKUS, References

__all__ = ["CATEGORIES", "LEVELS", "Correction", "Rules", "Sorted", "Sorter", "forget", "learn"]

DEPARTMENTS: Mapping[str, str] = {
    "order_status": "logistics",
    "delivery_problem": "logistics",
    "return_refund": "customer service",
    "damaged_wrong_item": "customer service",
    "payment_invoice": "accounting",
    "account": "web",
    "product_question": "customer service",
    "change_cancel_order": "logistics",
    "promotion": "marketing",
    "website_problem": "web",
    "complaint": "customer service",
    "feedback": "marketing",
    "other": "customer service",
}
_PREFIXES = re.compile(
    r"^(?:\s*(?:re|aw|antw|sv|fw|fwd|wg|tr|rv|rif|res|enc|回复|答复|转发)\s*(?:\[\d{1,3}\])?\s*[:：])+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Rules:
    """What a shop may set: patterns with one group each, departments by category, important customers."""

    order_numbers: Sequence[str] = ORDER_NUMBERS
    skus: Sequence[str] = SKUS
    departments: Mapping[str, str] = field(default_factory=lambda: DEPARTMENTS)
    vips: Sequence[str] = ()  # addresses or domains
    # A folder with the sentence model; None takes the one that is installed, if any.
    sentence_model: Path | None = None


@dataclass(frozen=True)
class Sorted:
    """What was found. `confidence` is the share that was right when the engine was as sure as this."""

    category: str
    confidence: float
    asks: bool  # a person is asked, because fewer than nine in ten are right at this confidence
    why: tuple[str, ...]
    language: str | None
    priority: str
    priority_why: tuple[str, ...]
    order_number: str | None
    sku: str | None
    department: str


class Sorter:
    """Sorts texts by what was learnt from our examples and from people's corrections."""

    def __init__(self, rules: Rules | None = None, corrections: Sequence[Correction] = ()) -> None:
        self._rules = rules or Rules()
        self._references = References(self._rules.order_numbers, self._rules.skus)
        learnt = weights()
        self._reader = Reader(learnt, Memory(corrections, learnt), sentence_model(self._rules.sentence_model))

    def taught(self, corrections: Sequence[Correction]) -> "Sorter":
        """Give a sorter that follows exactly these corrections."""
        return Sorter(self._rules, corrections)

    def sort(self, text: str, *, subject: str = "", sender: str = "") -> Sorted:
        """Sort one mail as it came: quotations and signature are left out here."""
        body = quotes.split(text).text
        whole = f"{_PREFIXES.sub('', subject).strip()}\n{body}".strip()
        spoken = language.detect(body or whole) or language.detect(whole)
        verdict = self._reader.read(whole, spoken)
        priority = judge(whole, verdict.category, vip=is_vip(sender, self._rules.vips))
        return Sorted(
            category=verdict.category,
            confidence=round(verdict.confidence, 2),
            asks=verdict.confidence < SURE,
            why=verdict.why,
            language=spoken,
            priority=priority.level,
            priority_why=priority.why,
            order_number=self._references.order(whole),
            sku=self._references.sku(whole),
            department=self.department(verdict.category),
        )

    def department(self, category: str) -> str:
        """Tell who answers mail of a category."""
        return self._rules.departments.get(category) or DEPARTMENTS[category]

    def corrected(self, found: Sorted, text: str, category: str, *, sender: str = "") -> Sorted:
        """Give what was found with the category a person chose: priority and department follow it."""
        priority = judge(text, category, vip=is_vip(sender, self._rules.vips))
        return replace(
            found,
            category=category,
            confidence=1.0,
            asks=False,
            why=(),
            priority=priority.level,
            priority_why=priority.why,
            department=self.department(category),
        )
