"""How soon a text must be answered, and the words for it, in six languages."""

import pytest

from bot.triage.priority import is_vip, judge


@pytest.mark.parametrize(
    "text",
    [
        "The kettle caught fire last night",
        "Mein Anwalt wird sich melden",
        "Je vais porter plainte",
        "Voy a hablar con mi abogado",
        "O carregador explodiu e o meu filho ficou ferido",
        "再不退款我就打12315",
        "I will file a chargeback",
        "Somebody placed an unauthorized order",
    ],
)
def test_it_calls_danger_law_and_theft_urgent(text: str) -> None:
    assert judge(text, "complaint").level == "urgent"


@pytest.mark.parametrize(
    "text",
    [
        "This is the third time I write to you",
        "Ich brauche es dringend bis Freitag",
        "Le mariage est samedi",
        "Me cobraron dos veces",
        "Preciso antes de sexta",
        "麻烦尽快处理",
    ],
)
def test_it_puts_deadlines_and_repeated_letters_high(text: str) -> None:
    assert judge(text, "payment_invoice").level == "high"


def test_it_gives_the_words_for_its_reason() -> None:
    assert judge("I spoke to my lawyer", "complaint").why == ("a legal threat: “lawyer”",)


def test_it_hurries_what_must_be_stopped_before_it_leaves() -> None:
    assert judge("Please cancel it", "change_cancel_order").level == "high"


def test_it_does_not_let_a_sales_letter_call_itself_urgent() -> None:
    assert judge("URGENT offer, answer by tomorrow", "other").level == "low"


def test_it_leaves_ordinary_questions_and_praise_in_peace() -> None:
    assert judge("Is it waterproof?", "product_question").level == "normal"
    assert judge("Lovely bag", "feedback").level == "low"


def test_it_knows_important_customers_by_address_or_domain() -> None:
    assert is_vip("Ana@Example.com", ["ana@example.com"])
    assert is_vip("bo@bigshop.example", ["@bigshop.example"])
    assert not is_vip("bo@smallshop.example", ["bigshop.example", ""])
    assert not is_vip("", [""])
    assert judge("Is it waterproof?", "product_question", vip=True).why == ("an important customer",)
