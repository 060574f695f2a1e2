"""Prompts: what a model is told, and what of it is hidden."""

from bot.ports import ToClassify, ToDraft, ToTranslate
from bot.understanding import prompts

THREAD = ("I am Anna Berg, anna@buyer.example. Where is order #10234?", "See https://shop.example/track")


def test_it_hides_people_also_in_what_a_colleague_wishes() -> None:
    request = ToDraft(
        THREAD, ("Sorry, {name}!",), "tell Anna Berg that order #10234 leaves", names=("Anna Berg",)
    )
    prompt = prompts.prepare(request, redact=True)
    told = prompt.system_with_schema + prompt.user
    assert [one for one in ("Anna", "buyer", "10234", "shop.example") if one in told] == []
    assert "⟦NAME_1⟧ that order #⟦ORDER_1⟧ leaves" in prompt.user


def test_it_hides_nothing_where_the_shop_said_so() -> None:
    prompt = prompts.prepare(ToDraft(THREAD, names=("Anna Berg",)), redact=False)
    assert THREAD[0] in prompt.user


def test_it_keeps_facts_out_of_a_translation_even_then() -> None:
    prompt = prompts.prepare(ToTranslate("Anna: 12 pcs, 24.11.2026", "en", "de", ("Anna",)), redact=False)
    assert "Anna: ⟦NUMBER_1⟧ pcs, ⟦DATE_1⟧" in prompt.user


def test_a_stranger_cannot_end_the_quotation() -> None:
    one = prompts.prepare(ToClassify("x", {"a": "b"}), redact=True)
    other = prompts.prepare(ToClassify("x", {"a": "b"}), redact=True)
    assert one.user != other.user
    assert one.user.count("\nx\n") == 1
