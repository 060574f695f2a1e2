"""What a gateway must do, in our words: small protocols and plain dataclasses."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from bot.errors import SwitchboardError


class Accept(Protocol):
    """Store what reached us; a gateway acknowledges to the outside only after this returned."""

    def __call__(
        self, source: str, key: str, body: bytes, *, lane: str = "", blobs: Mapping[str, bytes] = ...
    ) -> Awaitable[bool]:
        """Commit `body` under (`source`, `key`); False when that key was already stored.

        `lane`: things of one lane are handled in the order they came. `blobs`: sha256 hex -> bytes, stored
        in the same transaction. Raises when nothing was stored: the outside must then try again.
        """
        ...


@dataclass(frozen=True)
class Letter:
    """One outbox row on its way out, with every reference to other rows already resolved.

    `uid` is the opaque id by which the outside can be asked whether it got the letter. `tried_at` is the
    real time of the first try. `progress` is what `Courier.prepare` gave and was committed.
    """

    uid: str
    kind: str
    payload: Mapping[str, Any]
    tried_at: datetime
    progress: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivered:
    """The outside has it. `channel_id` and `ts` for a Slack message; `detail` for everything else."""

    channel_id: str | None = None
    ts: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


class Courier(Protocol):
    """Carries letters of some kinds to the outside. Every method may raise a `DeliveryError`."""

    async def prepare(self, letter: Letter) -> Mapping[str, Any]:
        """Do what must be known and committed before the delivery (a file's upload); {} when nothing."""
        ...

    async def deliver(self, letter: Letter) -> Delivered:
        """Hand it over, once. A failure tells by its class whether it can have got through."""
        ...

    async def find(self, letter: Letter) -> Delivered | None:
        """After an uncertain try: what the outside has under `letter.uid`, or None when it has nothing."""
        ...


class DeliveryError(SwitchboardError):
    """The delivery failed: {reason}."""


class NotDelivered(DeliveryError):
    """The delivery was turned away and can be tried again: {reason}."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason=reason)
        self.retry_after = retry_after


class Unreachable(NotDelivered):
    """The delivery was turned away and can be tried again: {reason}."""

    def __init__(self, reason: str) -> None:
        # Not counted as a try: an outage may last a day, and then everything must leave, and soon.
        super().__init__(reason, retry_after=10.0)


class Undeliverable(DeliveryError):
    """This cannot be delivered, however often it is tried: {reason}."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class Uncertain(DeliveryError):
    """It is not known whether the delivery got through: {reason}."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


# ---- a language model ------------------------------------------------------------------------------------
#
# Texts are from outside: a model reads them as data. Its answers are suggestions in a closed form; who gets
# a message, and whether one leaves, never comes from them. `names` are people's names that a model need not
# know. A text in an answer is as untrusted as the texts it was made from: escape it.

_T = TypeVar("_T")


class NoAnswer(StrEnum):
    """Why there is no answer. `Unavailable.sentence` says it to people."""

    NO_MODEL = "no_model"
    BUDGET = "budget"
    TOO_LONG = "too_long"
    BUSY = "busy"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    TURNED_AWAY = "turned_away"  # the key, the model's name, or no credit: an admin must look
    REFUSED = "refused"
    CUT_OFF = "cut_off"
    UNREADABLE = "unreadable"
    UNFAITHFUL = "unfaithful"  # something was lost, or stands in the answer that was not given


@dataclass(frozen=True)
class Usage:
    """What it took to ask. `cost` is in the currency of the prices; all zero for an answer already stored."""

    provider: str
    tokens_in: int = 0
    tokens_out: int = 0
    cost: Decimal = Decimal(0)


NOTHING_USED = Usage(provider="none")


@dataclass(frozen=True)
class Answered(Generic[_T]):
    """The model's answer, read and checked."""

    value: _T
    usage: Usage


@dataclass(frozen=True)
class Unavailable:
    """There is no answer. `sentence` says why, in words for people."""

    reason: NoAnswer
    sentence: str
    usage: Usage = NOTHING_USED


Answer: TypeAlias = Answered[_T] | Unavailable


@dataclass(frozen=True)
class ToClassify:
    """Choose one of `choices` (name -> what it means) for the text."""

    text: str
    choices: Mapping[str, str]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """One of the choices, how sure the model says it is (0 to 1), and words of the text that decided."""

    name: str
    confidence: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """Something to find in a text. `meaning` tells the model what; `choices` only for `kind="choice"`.

    quote: words that stand in the text. quotes: all of them. number: a Decimal that stands in the text.
    date: a day. flag: yes or no. choice: one of `choices`.
    """

    name: str
    meaning: str
    kind: Literal["quote", "quotes", "number", "date", "flag", "choice"] = "quote"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class ToExtract:
    """Find these fields in the text."""

    text: str
    fields: tuple[Field, ...]
    names: tuple[str, ...] = ()


Found: TypeAlias = str | tuple[str, ...] | Decimal | date | bool | None


@dataclass(frozen=True)
class ToSummarise:
    """Say in at most `lines` lines what these texts have in common; `language` is an ISO 639-1 code."""

    texts: tuple[str, ...]
    lines: int = 3
    language: str = "en"
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class ToDraft:
    """Write the next message of a thread (oldest first), from what stands there and in the saved replies.

    `wish` is what the colleague wants said, in a few words.
    """

    thread: tuple[str, ...]
    saved_replies: tuple[str, ...] = ()
    wish: str = ""
    language: str = "en"
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class ToTranslate:
    """Put the text into another language; `source` and `target` are ISO 639-1 codes, `source` may be ""."""

    text: str
    source: str
    target: str
    names: tuple[str, ...] = ()


class LanguageModel(Protocol):
    """Reads and writes, and may always be unavailable. It is asked with no transaction open."""

    async def classify(self, request: ToClassify) -> Answer[Choice]:
        """Choose."""
        ...

    async def extract(self, request: ToExtract) -> Answer[Mapping[str, Found]]:
        """Find each field by its name; None for what does not stand in the text."""
        ...

    async def summarise(self, request: ToSummarise) -> Answer[tuple[str, ...]]:
        """Give the lines."""
        ...

    async def draft(self, request: ToDraft) -> Answer[str]:
        """Give a text that a person reads before anything is sent."""
        ...

    async def translate(self, request: ToTranslate) -> Answer[str]:
        """Give the text in the other language."""
        ...


class FeedUnreadable(SwitchboardError):
    """The calendar of your absences could not be read: {reason}."""
