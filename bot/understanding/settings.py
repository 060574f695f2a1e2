"""What is agreed about the model: where it is, what it costs, how much of it a day may use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal

from bot.settings import Settings

_MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """What a million tokens cost, in the currency of the settings."""

    tokens_in: Decimal
    tokens_out: Decimal


@dataclass(frozen=True)
class ModelSettings:
    """How the model is asked. Times are in seconds, `longest_text` in characters.

    `base_url`: any server that speaks OpenAI's chat completions; "" is OpenAI itself. A local server needs no
    key. `timeout` is for one try, `deadline` for everything including waiting and further tries.
    """

    model: str = ""
    base_url: str = ""
    key: str = field(default="", repr=False)
    prices: Mapping[str, Price] = field(default_factory=dict)
    currency: str = "USD"
    daily_money: Decimal | None = None
    daily_tokens: int | None = 2_000_000
    timeout: float = 20.0
    deadline: float = 45.0
    tries: int = 3
    pause: float = 0.5
    at_once: int = 4
    longest_text: int = 24_000
    redact: bool = True

    @property
    def is_on(self) -> bool:
        """Tell whether there is a model to ask."""
        return bool(self.model and (self.key or self.base_url))

    @property
    def price(self) -> Price | None:
        """What this model costs; None when nobody said."""
        return self.prices.get(self.model)

    def micros(self, tokens_in: int, tokens_out: int) -> int:
        """Give the cost in millionths of the currency, rounded up; 0 when no price is known."""
        if self.price is None:
            return 0
        # A price for a million tokens is, for one token, the same number of millionths.
        exact = self.price.tokens_in * tokens_in + self.price.tokens_out * tokens_out
        return int(exact.to_integral_value(ROUND_UP))


def of(settings: Settings) -> ModelSettings:
    """Give what is agreed in the settings."""
    return ModelSettings(
        model=settings.llm_model,
        base_url=settings.llm_base_url,
        key=settings.llm_key.get_secret_value(),
        prices={name: Price(one.tokens_in, one.tokens_out) for name, one in settings.llm_prices.items()},
        currency=settings.llm_currency,
        daily_money=settings.llm_daily_money,
        daily_tokens=settings.llm_daily_tokens,
        timeout=settings.llm_timeout,
        deadline=settings.llm_deadline,
        redact=settings.llm_redact,
    )


def money(micros: int) -> Decimal:
    """Turn millionths into money."""
    return Decimal(micros) / _MILLION


def problems(settings: ModelSettings) -> list[str]:
    """Give everything that is wrong with these settings, a sentence each."""
    found = []
    if settings.key and not settings.model:
        found.append("a model's key is set, but not which model to ask")
    if settings.model and not settings.is_on:
        found.append("a model is named, but neither its key nor the address of a server of your own")
    if settings.base_url and not settings.base_url.startswith(("http://", "https://")):
        found.append("the address of the model's server must begin with http:// or https://")
    if settings.is_on and settings.daily_money is not None and settings.price is None:
        found.append(f"a daily budget in {settings.currency} needs the price of {settings.model}")
    if settings.deadline < settings.timeout:
        found.append("the model's deadline must not be shorter than its time-out for one try")
    return found
