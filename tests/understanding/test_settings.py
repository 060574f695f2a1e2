"""What is agreed about the model."""

from decimal import Decimal

import pytest

from bot.understanding.settings import ModelSettings, Price, problems


@pytest.mark.parametrize(
    ("settings", "is_on"),
    [
        (ModelSettings(), False),
        (ModelSettings(model="m"), False),
        (ModelSettings(key="k"), False),
        (ModelSettings(model="m", key="k"), True),
        (ModelSettings(model="m", base_url="http://localhost:11434/v1"), True),
    ],
)
def test_it_knows_whether_there_is_a_model(settings: ModelSettings, is_on: bool) -> None:  # noqa: FBT001
    assert settings.is_on == is_on


def test_it_says_everything_that_is_wrong() -> None:
    wrong = ModelSettings(model="m", base_url="localhost", daily_money=Decimal(5), timeout=60)
    assert problems(wrong) == [
        "the address of the model's server must begin with http:// or https://",
        "a daily budget in USD needs the price of m",
        "the model's deadline must not be shorter than its time-out for one try",
    ]
    assert problems(ModelSettings(key="k")) == ["a model's key is set, but not which model to ask"]
    assert problems(ModelSettings()) == []


def test_it_rounds_a_price_up_and_never_shows_the_key() -> None:
    settings = ModelSettings(model="m", key="sesame", prices={"m": Price(Decimal("0.15"), Decimal("0.60"))})
    assert settings.micros(10, 1) == 3
    assert "sesame" not in repr(settings)
