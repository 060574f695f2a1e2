"""Facts found by rule, in many scripts."""

import time
from decimal import Decimal

import pytest

from bot.understanding import facts
from bot.understanding.facts import Kind


def found(text: str, *names: str) -> list[tuple[str, str]]:
    return [(fact.kind.value, fact.text) for fact in facts.find(text, names)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://shop.example/r?id=1, please.", [("URL", "https://shop.example/r?id=1")]),
        ("go to evil-pay.com/x or www.foo.example!", [("URL", "evil-pay.com/x"), ("URL", "www.foo.example")]),
        ("请看https://a.cn/b。谢谢", [("URL", "https://a.cn/b")]),
        ("write to maria.silva@acme.co.uk.", [("MAIL", "maria.silva@acme.co.uk")]),
        ("请发到邮箱abc@qq.com，谢谢", [("MAIL", "abc@qq.com")]),
        ("https://x.example/?m=a@b.example", [("URL", "https://x.example/?m=a@b.example")]),
        ("IBAN DE89 3704 0044 0532 0130 00 bitte", [("IBAN", "DE89 3704 0044 0532 0130 00")]),
        ("auf gb29nwbk60161331926819 und", [("IBAN", "gb29nwbk60161331926819")]),
        ("card 4111 1111 1111 1111 ok", [("CARD", "4111 1111 1111 1111")]),
        ("+49 (0)170 123-4567", [("PHONE", "+49 (0)170 123-4567")]),
        ("电话13812345678，", [("PHONE", "13812345678")]),
        ("call (415) 555-2671", [("PHONE", "(415) 555-2671")]),
        ("my order #10234 is late", [("ORDER", "10234")]),
        ("订单号A12345请发", [("ORDER", "A12345")]),
        ("Bestellnummer: 99887", [("ORDER", "99887")]),
        ("PO-2024-001", [("ORDER", "PO-2024-001")]),
        ("RB123456789CN", [("ORDER", "RB123456789CN")]),
        ("in order to 500 people", [("NUMBER", "500")]),
        ("SKU AB-1234/X", [("CODE", "AB-1234/X")]),
        ("1.234,50 EUR", [("AMOUNT", "1.234,50 EUR")]),
        ("US$5.50 and 500元", [("AMOUNT", "US$5.50"), ("AMOUNT", "500元")]),
        ("20 % off", [("AMOUNT", "20 %")]),
        ("I paid 12.10 €, you €12.10.", [("AMOUNT", "12.10 €"), ("AMOUNT", "€12.10")]),
        ("am 24.11. und 49.90.", [("DATE", "24.11."), ("NUMBER", "49.90")]),
        ("by 2026-11-24 or 24.11.2026", [("DATE", "2026-11-24"), ("DATE", "24.11.2026")]),
        ("3月5日前", [("DATE", "3月5日")]),
        ("at 10:30", [("TIME", "10:30")]),
        ("20万件", [("NUMBER", "20万")]),
        ("e.g. a test, z.B. so", []),
    ],
)
def test_it_finds(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_it_finds_names_whole_in_parts_and_in_chinese() -> None:
    names = ("Maria Silva", "Li Wei", "王芳", "Will Stone")
    assert found("MARIA SILVA and Maria, not Mariana. 请王芳看 will you, Will?", *names) == [
        ("NAME", "MARIA SILVA"),
        ("NAME", "Maria"),
        ("NAME", "王芳"),
        ("NAME", "Will"),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234.50", "1234.5"), ("1.234,50", "1234.5"), ("1'234.5", "1234.5"), ("1 234", "1234"),
     ("1.234", "1234"), ("0,5", "0.5"), ("12.50", "12.5"), ("1.234.567", "1234567")],
)  # fmt: skip
def test_it_reads_figures_as_they_are_written_anywhere(text: str, value: str) -> None:
    assert facts.figure(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("We refund 49,90 €.", "I paid €49.90."),
        ("See shop.example/returns", "https://www.shop.example/returns/"),
        ("IBAN DE89370400440532013000", "DE89 3704 0044 0532 0130 00"),
        ("Write to HELP@shop.example", "help@shop.example"),
    ],
)
def test_it_knows_a_fact_in_another_way_of_writing(text: str, source: str) -> None:
    assert facts.made_up(text, [source]) == []


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("We refund 94,90 €.", "I paid €49.90."),
        ("We refund 49.90 USD.", "I paid €49.90."),
        ("See https://bit.ly/AbC", "https://bit.ly/abc"),
        ("Pay to GB29 NWBK 6016 1331 9268 19", "DE89 3704 0044 0532 0130 00"),
        ("Write to help@shop-example.com", "help@shop.example"),
        ("You get 20 % off", "You get 10 % off"),
        ("Call +49 170 1234567", "Call us"),
    ],
)
def test_it_sees_what_was_made_up(text: str, source: str) -> None:
    assert [fact.kind in facts.BINDING for fact in facts.made_up(text, [source])] == [True]


@pytest.mark.parametrize(
    "piece",
    ["1 ", "a", "a.", "DE89 ", "order ", "+1 (", "[", "AA11", "a-", "1.", "order no ", "$1,", "www.", "a@",
     "1,111", "⟦NAME_", "12/", "tel:1", "年月1"],
)  # fmt: skip
def test_it_stays_quick_whatever_is_written(piece: str) -> None:
    text = piece * (24_000 // len(piece))
    started = time.process_time()
    facts.find(text, ["Maria Silva"])
    assert time.process_time() - started < 2


def test_every_kind_is_a_word_a_placeholder_can_have() -> None:
    assert all(facts.PLACEHOLDER.fullmatch(f"⟦{kind}_1⟧") for kind in Kind)
