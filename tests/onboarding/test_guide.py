"""The guide finds the chapter that answers a question, and says so when there is none."""

import pytest

from bot.onboarding import guide, plans
from bot.onboarding.guide import Chapter, paragraphs, search


def best(question: str, plan: str) -> list[str]:
    read = plans.load().plans
    return [one.key for one in search(question, guide.chapters(read.values(), read[plan], [], {}, "Diego"))]


@pytest.mark.parametrize(
    ("plan", "question", "key"),
    [
        ("general", "How do I ask for a day off?", "hours-and-time-off"),
        ("general", "when is vacation", "hours-and-time-off"),
        ("general", "I am sick today, what do I do?", "hours-and-time-off"),
        ("general", "我要请假", "hours-and-time-off"),
        ("general", "a customer wants her data deleted", "passwords-and-data"),
        ("general", "how do I get my money back for a train ticket", "expenses"),
        ("digital-marketer", "can I say sustainable", "brand-voice"),
        ("digital-marketer", "how long must a test run", "tests"),
        ("customer-service-agent", "how much can I refund", "refunds"),
        ("customer-service-agent", "how much may I refund without asking", "refunds"),
        ("customer-service-agent", "parcel is lost what now", "late-lost-broken"),
        ("customer-service-agent", "customer is furious and threatens with a lawyer", "angry"),
        ("production-agent-abroad", "may I accept a gift", "integrity"),
        ("production-agent-abroad", "how many pieces do I inspect", "inspection"),
        ("production-agent-abroad", "where are the specs", "orders-and-specs"),
    ],
)
def test_it_finds_the_chapter(plan: str, question: str, key: str) -> None:
    assert best(question, plan)[:1] == [key]


@pytest.mark.parametrize(
    "question",
    ["Where can I park my bicycle?", "what is the wifi code", "who won the football match", "tell me a joke",
     "what is my salary", "hello", "???", ""],
)  # fmt: skip
def test_it_admits_that_it_does_not_know(question: str) -> None:
    assert best(question, "digital-marketer") == []


def test_it_prefers_the_readers_own_plan() -> None:
    shared = "Parcels are packed twice around."
    chapters = [Chapter("a", "Packing", shared, home=False), Chapter("b", "Packing", shared, home=True)]
    assert search("how is packing done", chapters)[0].key == "b"


def test_it_shows_a_chapter_as_text_that_cannot_mention_or_link() -> None:
    shown = paragraphs("Ask <!channel> & see\n<https://x.example|here>.\n\n- **Bold** one\n  goes on\n- two")
    assert shown == [
        "Ask &lt;!channel&gt; &amp; see &lt;https://x.example|here&gt;.\n\n• *Bold* one goes on\n• two"
    ]


def test_it_splits_a_long_chapter_into_what_a_section_holds() -> None:
    pieces = paragraphs("\n\n".join(["word " * 200] * 9))
    assert len(pieces) > 1
    assert all(len(piece) <= 3000 for piece in pieces)
