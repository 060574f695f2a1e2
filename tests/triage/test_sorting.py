"""What a customer's mail is found to be, and that a person is asked when it is not clear."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.triage.engine.examples import LANGUAGES, examples
from bot.triage.engine.examples import fingerprint as of_the_examples
from bot.triage.engine.weights import weights
from bot.triage.sorting import CATEGORIES, Rules, Sorted, Sorter
from tests.triage import judges


@pytest.fixture(scope="module")
def sorter() -> Sorter:
    return Sorter()


def _sorted(sorter: Sorter, texts: list[tuple[str, str]]) -> list[tuple[Sorted, str]]:
    return [(sorter.sort(text), heading) for text, heading in texts]


def _right(found: list[tuple[Sorted, str]]) -> float:
    return sum(one.category == heading for one, heading in found) / len(found)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("templates.en", 0.75),
        ("chats.en", 0.72),
        ("fr", 0.72),
        ("zh", 0.80),
        ("de", 0.75),
        ("es", 0.75),
        ("pt", 0.75),
    ],
)
def test_it_sorts_texts_it_has_never_seen(sorter: Sorter, name: str, wanted: float) -> None:
    assert _right(_sorted(sorter, judges.lines(name, last_half=True))) >= wanted


# Measured when the engine was last changed: blind.* de .84, es .90, fr .86, pt .91, zh .90; hard.* de .65,
# es .69, fr .58, pt .77, zh .73. The hard ones say what they mean in a roundabout way, as few customers do.
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("blind.de", 0.80),
        ("blind.es", 0.85),
        ("blind.fr", 0.80),
        ("blind.pt", 0.87),
        ("blind.zh", 0.87),
        ("hard.de", 0.55),
        ("hard.es", 0.60),
        ("hard.fr", 0.50),
        ("hard.pt", 0.65),
        ("hard.zh", 0.65),
    ],
)
def test_it_sorts_texts_that_were_written_before_it_was_changed(
    sorter: Sorter, name: str, wanted: float
) -> None:
    found = _sorted(sorter, judges.lines(name))
    assert _right(found) >= wanted
    sure = [one for one in found if not one[0].asks]
    assert _right(sure) >= 0.88, "it is sure of what it gets wrong"


@pytest.mark.parametrize(
    ("long", "short"),
    [("我要退貨退款", "我要退货退款"), ("還沒收到快遞", "还没收到快递"), ("發錯顏色了", "发错颜色了")],
)
def test_it_reads_long_characters_as_it_reads_short_ones(sorter: Sorter, long: str, short: str) -> None:
    assert sorter.sort(long).category == sorter.sort(short).category
    assert sorter.sort(long).confidence == sorter.sort(short).confidence


def test_it_asks_a_person_until_nine_in_ten_are_right(sorter: Sorter) -> None:
    names = ("templates.en", "chats.en", "fr", "zh", "de", "es", "pt")
    found = [one for name in names for one in _sorted(sorter, judges.lines(name, last_half=True))]
    sure = [one for one in found if not one[0].asks]
    assert _right(sure) >= 0.9
    assert len(sure) >= len(found) * 0.4, "it asks about so much that it sorts nothing"


def test_it_takes_what_is_not_the_shops_for_other(sorter: Sorter) -> None:
    outside = judges.lines("outside", last_half=True)
    caught = sum(sorter.sort(text).category == "other" for text, _ in outside) / len(outside)
    inside = [text for name in ("templates.en", "chats.en", "fr", "zh") for text, _ in judges.lines(name)]
    lost = sum(sorter.sort(text).category == "other" for text in inside) / len(inside)
    assert caught >= 0.8
    assert lost <= 0.05


def test_it_finds_the_matter_of_a_long_mail(sorter: Sorter) -> None:
    mails = judges.mails()
    right = sum(sorter.sort(mail["text"]).category == mail["category"] for mail in mails)
    assert right >= len(mails) * 0.75


def test_it_reads_neither_quotation_nor_signature(sorter: Sorter) -> None:
    mail = (
        "The mug arrived broken.\n\nKind regards\nInvoice & Refund Consulting Ltd\n\n"
        "On Mon, 2 Nov 2026 at 10:11, Shop <shop@example.com> wrote:\n"
        "> Your invoice and payment receipt. Your invoice was paid. Payment by card. Refunds within 30 days."
    )
    found = sorter.sort(mail)
    assert found.category == "damaged_wrong_item"
    assert "broken" in found.why


@pytest.mark.parametrize(
    ("text", "category", "word"),
    [
        ("Please cancel my order", "change_cancel_order", "cancel"),
        ("Ich habe mein Passwort vergessen", "account", "Passwort"),
        ("Je veux être remboursé", "return_refund", "remboursé"),
        ("我要退货", "return_refund", "退"),
    ],
)
def test_it_tells_the_words_that_decided(sorter: Sorter, text: str, category: str, word: str) -> None:
    found = sorter.sort(text)
    assert found.category == category
    assert any(word in shown for shown in found.why)


def test_it_shows_words_of_the_mail_only(sorter: Sorter) -> None:
    text = "WHERE is my Parcel?? It should have come on Monday"
    assert set(sorter.sort(text).why) <= set(text.replace("?", "").split())


@pytest.mark.parametrize("text", ["", "   ", "???", "1234567", "\N{THUMBS UP SIGN}", "\x00"])
def test_it_asks_when_there_is_nothing_to_read(sorter: Sorter, text: str) -> None:
    found = sorter.sort(text)
    assert found.category == "other"
    assert found.asks


def test_it_finds_language_order_number_sku_and_department(sorter: Sorter) -> None:
    found = sorter.sort("Wo bleibt mein Paket? Bestellung Nr. 48812, die Lampe KT-200-B.")
    assert (found.language, found.order_number, found.sku) == ("de", "48812", "KT-200-B")
    assert found.department == "logistics"


def test_it_follows_the_shops_own_departments_and_patterns() -> None:
    rules = Rules(departments={"account": "IT"}, order_numbers=(r"\b(ZZ\d{3})\b",))
    found = Sorter(rules).sort("I forgot my password, my order is ZZ123")
    assert (found.category, found.department, found.order_number) == ("account", "IT", "ZZ123")


def test_it_takes_its_subject_into_account(sorter: Sorter) -> None:
    assert sorter.sort("It's number 2.", subject="Re: cancel my order").category == "change_cancel_order"


def test_it_sorts_a_mail_in_a_moment(sorter: Sorter) -> None:
    mails = judges.mails()
    sorter.sort(mails[0]["text"])  # what is loaded once is loaded
    started = time.process_time()
    for mail in mails:
        sorter.sort(mail["text"])
    assert (time.process_time() - started) / len(mails) < 0.020


@pytest.mark.parametrize(
    "piece", ["a", "a-", "@", "a@", ".", "order ", "#", "{", "的", "l'", "1-", "\n", "asked "]
)
def test_it_is_not_held_up_by_a_crafted_mail(sorter: Sorter, piece: str) -> None:
    started = time.process_time()
    sorter.sort(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 1


def test_it_may_be_asked_by_many_threads_at_once() -> None:
    shared = Sorter()
    texts = [text for text, _ in judges.lines("fr")] * 3
    alone = [shared.sort(text) for text in texts]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(shared.sort, texts)) == alone


def test_its_weights_were_learnt_from_the_examples_that_are_here() -> None:
    assert weights().fingerprint == of_the_examples(), "run python -m bot.triage.engine.train"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_twenty_examples_a_category_in_every_language(language: str) -> None:
    for category in CATEGORIES:
        mine = [one for one in examples() if one.language == language and one.category == category]
        assert len({one.text for one in mine}) >= 20


def test_none_of_the_texts_that_judge_it_was_learnt() -> None:
    learnt = {one.text.lower() for one in examples()}
    judged = ("templates.en", "chats.en", "fr", "zh", "de", "es", "pt", "outside")
    texts = [text for name in judged for text, _ in judges.lines(name, last_half=True)]
    later = [
        f"{kind}.{language}" for kind in ("blind", "hard") for language in ("de", "es", "fr", "pt", "zh")
    ]
    texts += [text for name in later for text, _ in judges.lines(name)]
    assert not {text for text in texts if text.lower() in learnt}
