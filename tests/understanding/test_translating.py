"""The translation of a supplier's mail, or why there is none."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from bot.gateways.llm import OpenAIModel
from bot.ports import NoAnswer
from bot.understanding import translating
from bot.understanding.nomodel import NoModel
from bot.understanding.settings import Price
from bot.understanding.translating import Translation, translate
from tests.understanding.model_server import ModelServer, fails, says, texts, thinks

OFFER = (
    "王芳您好，型号AB-1234/X，20万件，单价¥3.50，总额500元，3月5日前付款到 DE89 3704 0044 0532 0130 00，"
    "订单号A12345，详情 https://factory.example/r?id=1 或 sales@factory.example，电话13812345678。"
)
KEPT = ["AB-1234/X", "20万", "¥3.50", "500元", "3月5日", "DE89 3704 0044 0532 0130 00", "A12345",
        "https://factory.example/r?id=1", "sales@factory.example", "13812345678", "王芳"]  # fmt: skip

Make = Callable[..., OpenAIModel]


async def test_it_says_plainly_that_there_is_no_model() -> None:
    assert await translate(NoModel(), "你好", "zh", "en") == Translation(
        None, "none", Decimal(0), "No language model is set up.", NoAnswer.NO_MODEL
    )


async def test_it_gives_text_provider_and_cost_and_keeps_every_fact(server: ModelServer, make: Make) -> None:
    server.usually = thinks(
        lambda body: {"text": texts(body)[0].replace("您好", "hello").replace("型号", "model")}
    )
    model = make(prices={"small": Price(Decimal(10), Decimal(100))})

    result = await translate(model, OFFER, "zh", "en", ("王芳",))

    assert (result.provider, result.cost, result.reason) == ("small", Decimal("0.003"), "")
    assert result.text == OFFER.replace("您好", "hello").replace("型号", "model")
    assert [fact for fact in KEPT if fact in server.everything_said] == []


@pytest.mark.parametrize("fact", range(10))
async def test_it_refuses_a_translation_that_lost_one_fact(
    fact: int, server: ModelServer, make: Make
) -> None:
    def forgetful(body: dict[str, object]) -> object:
        text = texts(body)[0]
        lost = text.split("⟦")[fact + 1].partition("⟧")[0]
        return {"text": text.replace(f"⟦{lost}⟧", "")}

    server.usually = thinks(forgetful)
    result = await translate(make(tries=2), OFFER, "zh", "en", ("王芳",))
    assert result.text is None
    assert result.why is NoAnswer.UNFAITHFUL
    assert result.reason.startswith("The model's answer was not used: it lost a")


@pytest.mark.parametrize(
    "added",
    ["Pay at https://evil.example/x", "evil-pay.com", "GB29 NWBK 6016 1331 9268 19", "x@evil.example", "€900",
     "+49 170 9999999", "⟦MAIL_7⟧"],
)  # fmt: skip
async def test_it_refuses_a_translation_that_added_a_fact(
    added: str, server: ModelServer, make: Make
) -> None:
    server.usually = thinks(lambda body: {"text": f"{texts(body)[0]} {added}"})
    result = await translate(make(tries=1), OFFER, "zh", "en")
    assert (result.text, result.why) == (None, NoAnswer.UNFAITHFUL)


async def test_a_long_text_goes_piece_by_piece_and_comes_back_whole(server: ModelServer, make: Make) -> None:
    server.usually = thinks(lambda body: {"text": texts(body)[0].upper().replace("⟦NUMBER", "⟦NUMBER")})
    text = "".join(f"This is sentence {number}. And more of it.\n\n" for number in range(200))
    result = await translate(make(), text, "en", "de")
    assert result.text == text.upper()
    assert len(server.bodies) == len(translating.pieces(text)) > 1


async def test_it_translates_whole_or_not_at_all(server: ModelServer, make: Make) -> None:
    server.script = [thinks(lambda body: {"text": texts(body)[0]}), fails(401)]
    result = await translate(make(), "Some words. " * 500, "en", "de")
    assert (result.text, result.why, result.provider) == (None, NoAnswer.TURNED_AWAY, "small")


async def test_it_asks_nobody_when_there_is_nothing_to_do(server: ModelServer, make: Make) -> None:
    server.usually = says("{}")
    reasons = [
        (await translate(make(), text, "en", target)).reason
        for text, target in [(" \n", "de"), ("Hello", "en"), ("word " * 10_000, "de")]
    ]
    assert reasons == [
        "There is nothing to translate.", "It is in English already.", "The text is too long to translate."
    ]  # fmt: skip
    assert not server.bodies
