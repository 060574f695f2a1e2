"""Our answer as a mail: it threads, and nothing in it can become a header or a recipient."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.mail.compose import LOOP_HEADER, Answered, compose_reply, reply_subject
from bot.mail.model import Address
from bot.mail.parse import parse

NOW = datetime(2026, 5, 6, 10, 2, tzinfo=UTC)
LI = Address("Li Wei", "li@x.example")
ANY_TEXT = some.text(alphabet=some.characters(codec=None), max_size=200)
HEADERS = [
    "Message-ID", "Date", "From", "To", "Subject", "In-Reply-To", "References", LOOP_HEADER,
    "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
]  # fmt: skip


def answered(**changes: Any) -> Answered:
    usual: dict[str, Any] = {
        "message_id": "<2@x.example>",
        "references": ("<1@x.example>",),
        "subject": "Order 4711",
        "date": NOW,
        "sender": Address("Li Wei", "li@x.example"),
        "text": "When?\n\nLi",
    }
    return Answered(**(usual | changes))


def composed(text: str = "Tomorrow.", to: Address = LI, **changes: Any) -> bytes:
    cc = changes.pop("cc", [])
    sender = changes.pop("sender", Address("Shop", "shop@shop.example"))
    return compose_reply(
        uid="u1",
        domain="shop.example",
        sender=sender,
        to=to,
        cc=cc,
        answered=answered(**changes),
        text=text,
        now=NOW,
    )


def read(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_it_answers_in_the_thread() -> None:
    mail = read(composed())
    assert mail["Message-ID"] == "<u1@shop.example>"
    assert mail["In-Reply-To"] == "<2@x.example>"
    assert mail["References"] == "<1@x.example> <2@x.example>"
    assert mail["Subject"] == "Re: Order 4711"
    assert mail["Date"] == "Wed, 06 May 2026 10:02:00 +0000"
    said = mail.get_content().replace("\r\n", "\n")
    assert said == "Tomorrow.\n\nOn 2026-05-06 at 10:02 UTC, Li Wei wrote:\n> When?\n>\n> Li\n"


def test_it_is_the_same_mail_when_it_is_made_again() -> None:
    assert composed() == composed()


def test_it_can_split_its_own_answer_from_what_it_quotes() -> None:
    found = parse(composed("Tomorrow.\n\nShall we?"))
    assert found.text == "Tomorrow.\n\nShall we?"
    assert "> When?" in found.quoted


def test_it_keeps_the_references_bounded_with_the_first_and_the_newest() -> None:
    many = tuple(f"<{number}@x.example>" for number in range(500))
    kept = read(composed(references=many))["References"].split()
    assert len(kept) <= 20
    assert (kept[0], kept[-2:]) == ("<0@x.example>", ["<499@x.example>", "<2@x.example>"])


@pytest.mark.parametrize(
    "wrong", ["", "no brackets", "<a b@x>", "<a@x>\r\nBcc: evil@x.example", "<<a>>", "<" + "a" * 2000 + ">"]
)
def test_it_leaves_out_ids_that_are_none(wrong: str) -> None:
    mail = read(composed(message_id=wrong or None, references=(wrong,)))
    assert mail["In-Reply-To"] is None
    assert mail["References"] is None
    assert mail["Bcc"] is None


def test_it_keeps_ids_of_other_alphabets_from_breaking_it() -> None:
    mail = read(composed(message_id="<\u00e4\u4f60@x.example>"))
    assert mail["Message-ID"] == "<u1@shop.example>"


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Order", "Re: Order"),
        ("Re: Order", "Re: Order"),
        ("RE: AW: 回复：Order", "Re: Order"),
        ("Re[3]: Order", "Re: Order"),
        ("Fwd: Order", "Re: Fwd: Order"),
        ("", "Re:"),
        ("Re:", "Re:"),
        ("Order\r\nBcc: evil@x.example", "Re: Order Bcc: evil@x.example"),
        ("Reorder: now", "Re: Reorder: now"),
    ],
)
def test_it_gives_one_re(subject: str, answer: str) -> None:
    assert reply_subject(subject) == answer


def test_it_writes_names_with_commas_and_other_letters() -> None:
    names = [
        "Berg, Anna",
        '"Quoted" Name',
        "李伟",
        "Ünal <x@y>",
        "a@b.example",
        "x" * 300,
        "(comment)",
        "\\",
        "=?utf-8?q?x?=",
    ]
    for name in names:
        mail = parse(composed(to=Address(name, "li@x.example"), cc=[Address(name, "cc@x.example")]))
        assert [one.address for one in mail.to] == ["li@x.example"]
        assert [one.address for one in mail.cc] == ["cc@x.example"]
        if "=?" not in name and len(name) < 200:
            assert mail.to[0].name.replace("\\", "").strip("\"' ") == name.replace("\\", "").strip("\"' ")


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("taro..y@mobile.example", "taro..y@mobile.example"),
        (".taro.@mobile.example", ".taro.@mobile.example"),
        ("o'neil+a=b@x.example", "o'neil+a=b@x.example"),
        ("li@例え.example", "li@xn--r8jz45g.example"),
        ("李@x.example", "李@x.example"),
        ("a@x..example", "a@x..example"),
        ("a@x, evil@y.example", "N <"),
        ("a@[192.0.2.1]", "a@[192.0.2.1]"),
        ("no address", ""),
    ],
)
def test_it_writes_to_addresses_that_are_odd(address: str, written: str) -> None:
    raw = composed(to=Address("N", address))
    head = raw.partition(b"\r\n\r\n")[0].decode()
    assert written in head
    assert "evil@" not in head.replace('"a@x, evil"@y.example', "")
    assert [line.partition(":")[0] for line in head.split("\r\n") if not line.startswith((" ", "\t"))] == [
        "Message-ID", "Date", "From", "To", "Subject", "In-Reply-To", "References", LOOP_HEADER,
        "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    ]  # fmt: skip


def test_it_keeps_long_lines_and_all_letters() -> None:
    for text in (
        "x" * 20_000,
        "word " * 4_000,
        "汉" * 5_000,
        "🙂" * 2_000,
        ".\n..\n.",
        "From here\n>From",
        "a\tb  c",
    ):
        raw = composed(text)
        assert max(len(line) for line in raw.split(b"\r\n")) <= 998
        assert read(raw).get_content().replace("\r\n", "\n").startswith(text.strip())


def test_it_marks_its_mails_so_that_they_never_go_round_in_circles() -> None:
    assert parse(composed()).automatic is not None
    assert read(composed())[LOOP_HEADER] == "u1"


@given(name=ANY_TEXT, subject=ANY_TEXT, text=ANY_TEXT, quoted=ANY_TEXT)
def test_it_lets_no_text_become_a_header_or_a_recipient(
    name: str, subject: str, text: str, quoted: str
) -> None:
    sender = Address(name, "li@x.example")
    shop = Address(name, "shop@shop.example")
    raw = compose_reply(
        uid="u1",
        domain="shop.example",
        sender=shop,
        to=sender,
        cc=[],
        answered=answered(subject=subject, sender=sender, text=quoted),
        text=text,
        now=NOW,
    )
    head = raw.partition(b"\r\n\r\n")[0]
    assert not any(byte < 32 for byte in head.replace(b"\r\n", b""))
    mail = read(raw)
    assert sorted(mail.keys()) == sorted(HEADERS)
    assert [one.addr_spec for one in mail["To"].addresses] == ["li@x.example"]
    assert [one.addr_spec for one in mail["From"].addresses] == ["shop@shop.example"]


@given(ids=some.lists(some.text(max_size=60), max_size=50), message_id=some.text(max_size=60))
def test_it_lets_no_id_become_a_header(ids: list[str], message_id: str) -> None:
    mail = read(composed(message_id=message_id, references=tuple(ids)))
    assert set(mail.keys()) <= set(HEADERS)
    assert len((mail["References"] or "").split()) <= 20


@pytest.mark.parametrize(
    "name",
    [
        "<" * 200,
        "a" * 70 + ", evil@x.example",
        "x, <evil@x.example>, " * 20,
        "Li " * 30 + "(Sales), b@c.example",
    ],
)
def test_it_lets_no_long_name_become_a_recipient(name: str) -> None:
    for shown in (name, f"{name} 您好"):
        answer = read(composed(to=Address(shown, "li@x.example"), cc=[Address(shown, "mei@x.example")]))
        assert [one.addr_spec for one in answer["To"].addresses] == ["li@x.example"]
        assert [one.addr_spec for one in answer["Cc"].addresses] == ["mei@x.example"]


@given(ANY_TEXT, some.lists(ANY_TEXT, max_size=4))
def test_it_writes_to_nobody_whom_a_name_names(name: str, others: list[str]) -> None:
    cc = [Address(one, f"c{number}@x.example") for number, one in enumerate(others)]
    answer = read(composed(to=Address(name, "li@x.example"), cc=cc))
    assert [one.addr_spec for one in answer["To"].addresses] == ["li@x.example"]
    written = answer["Cc"].addresses if cc else ()
    assert [one.addr_spec for one in written] == [one.address for one in cc]
