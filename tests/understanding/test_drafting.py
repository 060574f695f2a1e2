"""A draft says only what stands in the thread and the saved replies."""

from collections.abc import Callable

import pytest

from bot.gateways.llm import OpenAIModel
from bot.ports import Answered, NoAnswer, ToDraft, Unavailable
from tests.understanding.model_server import ModelServer, thinks

Make = Callable[..., OpenAIModel]

REQUEST = ToDraft(
    thread=("I am Anna Berg (anna@buyer.example). I paid €49.90 for order #10234. Where is it?",),
    saved_replies=(
        "Track it at https://shop.example/track. Returns cost 4,90 €. IBAN GB29 NWBK 6016 1331 9268 19",
    ),
    names=("Anna Berg",),
)


async def draft(server: ModelServer, make: Make, text: str) -> str | NoAnswer:
    server.usually = thinks(lambda _body: {"text": text})
    answer = await make(tries=1).draft(REQUEST)
    if isinstance(answer, Unavailable):
        assert answer.sentence.startswith("The model's answer was not used: it ")
        return answer.reason
    assert isinstance(answer, Answered)
    return answer.value


async def test_it_may_use_what_stands_there(server: ModelServer, make: Make) -> None:
    text = (
        "Dear ⟦NAME_1⟧, see ⟦URL_1⟧ for order ⟦ORDER_1⟧. You paid 49,90 €; returns cost €4.90. "
        "We wrote to ⟦MAIL_1⟧."
    )
    assert await draft(server, make, text) == (
        "Dear Anna Berg, see https://shop.example/track for order 10234. You paid 49,90 €; "
        "returns cost €4.90. We wrote to anna@buyer.example."
    )
    assert [one for one in ("Anna", "buyer", "10234", "NWBK") if one in server.everything_said] == []


@pytest.mark.parametrize(
    "added",
    ["https://evil.example/track", "evil-shop.com", "help@evil.example", "DE89 3704 0044 0532 0130 00",
     "€500", "100 % back", "order 99999", "+49 170 1234567", "⟦MAIL_2⟧", "NAME_1",
     "https://shop.example/track/../evil"],
)  # fmt: skip
async def test_it_refuses_what_stands_nowhere(added: str, server: ModelServer, make: Make) -> None:
    assert await draft(server, make, f"Dear customer, use {added} please") is NoAnswer.UNFAITHFUL


async def test_it_refuses_an_empty_draft(server: ModelServer, make: Make) -> None:
    assert await draft(server, make, " ") is NoAnswer.UNFAITHFUL


async def test_it_takes_out_what_hides_or_turns_the_direction_of_a_text(
    server: ModelServer, make: Make
) -> None:
    assert await draft(server, make, "Dear\u200b customer\u202e") == "Dear customer"
