"""Any bytes whatever, and mails with something wrong in them: read without a crash, and without effect.

What a text must not do by itself: mention, link to anything but a page or an address, name a file somewhere
else, or put a recipient or a header into our answer.
"""

import json
import random
import unicodedata
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.mail import html, quotes
from bot.mail.compose import LOOP_HEADER, Answered, compose_reply
from bot.mail.model import Address, Mail
from bot.mail.parse import parse
from bot.mail.show import as_json
from tests.mail.build import attached, file, mail, mixed, text

SHARED = Path(__file__).parents[3] / "shared" / "mail"
HERE = Path(__file__).parent
KINDS = {"rich_text_section", "rich_text_list", "text", "link"}
OUR_HEADERS = {
    "Message-ID", "Date", "From", "To", "Cc", "Subject", "In-Reply-To", "References", LOOP_HEADER,
    "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
}  # fmt: skip
PAGE = (
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<div><p>Hi <a href='https://x.example'>x</a></p>"
    b"<ul><li>a</li></ul><div class=gmail_quote>old</div>"
    b"<span style='display:none'>h</span>&lt;!channel&gt;</div>"
)
MAILS = [
    mail("您好，订单已发货。".encode("gb18030"), charset="gb2312", Subject="=?gb2312?B?xOO6w8rAvec=?="),
    mail(b"Yes.\r\n\r\nOn 6 May 2026, A <a@b.example> wrote:\r\n> ok?\r\n", References="<1@a> <2@b>"),
    mixed(text("See file"), file(b"%PDF-1.7", "../../x", "application/pdf"), file(b"PK\x03\x04", "a.zip")),
    mixed(text("Plain <!channel> <@U1>"), PAGE, kind="multipart/alternative"),
    mixed(text("FYI"), attached(mail(b"inner")), Subject="Fwd: x"),
    mixed(
        text("failed"),
        b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\n",
        attached(mail(b"ours", Message_ID="<1@shop.example>")),
        kind="multipart/report; report-type=delivery-status",
    ),
]
PIECES = [
    b"\r\n\r\n",
    b"\n",
    b"--=_part\r\n",
    b"--=_part--",
    b"Content-Type: multipart/mixed; boundary=x\r\n",
    b"\x00",
    b"\xff\xfe",
    b"=?utf-8?B?",
    b"?=",
    b"<",
    b">",
    b'"',
    b"&#0;",
    b"<a href=javascript:x>",
    b"<!channel>",
    b"<@U123>",
    b"From: ",
    b"boundary=",
    b"charset=utf-16",
    b"charset=utf-7",
    b"Content-Transfer-Encoding: base64\r\n",
    "\u202e\u2028".encode(),
    b"filename*1*=",
    b";",
    b"\r",
    b"\xed\xa0\x80",
    b"Bcc: evil@x.example\r\n",
    b"mailto:",
    b"> ",
    b"{}",
    b"%s",
]


def assert_harmless(found: Mail) -> None:
    shown = as_json(found)
    json.dumps(shown, ensure_ascii=False).encode("utf-8")
    for piece in pieces(list(found.rich)):
        assert piece["type"] in KINDS
        assert piece["type"] != "link" or piece["url"].lower().startswith(("http://", "https://", "mailto:"))
    for said in (
        found.subject,
        found.text,
        found.quoted,
        found.signature,
        found.sender.name,
        found.sender.address,
    ):
        assert not any(unicodedata.category(char) == "Cs" or char in "\x00\u202e\u200b" for char in said)
    assert not set("\r\n") & set(found.subject + found.sender.name + found.sender.address)
    for one in found.attachments:
        assert one.name
        assert not set('/\\\0\r\n"') & set(one.name)
        assert one.name not in (".", "..")
        assert not (one.refused and one.content)
    assert_answer_is_ours(found)


def assert_answer_is_ours(found: Mail) -> None:
    to = Address(found.sender.name, "li@x.example")
    now = datetime(2026, 5, 6, tzinfo=UTC)
    answered = Answered(
        found.message_id, found.references, found.subject, found.date or now, found.sender, found.text
    )
    raw = compose_reply(
        uid="u", domain="shop.example", sender=Address("Shop", "s@shop.example"), to=to, cc=[],
        answered=answered, text="ok", now=now,
    )  # fmt: skip
    answer = message_from_bytes(raw, policy=policy.default)
    assert isinstance(answer, EmailMessage)
    assert set(answer.keys()) <= OUR_HEADERS
    assert [one.addr_spec for one in answer["To"].addresses] == ["li@x.example"]


def pieces(rich: Any) -> list[dict[str, Any]]:
    return [piece for element in rich for piece in (element, *pieces(element.get("elements", [])))]


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """Cut, double, swap and insert a few pieces."""
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randint(0, len(raw)), chance.randint(0, 60)
        match chance.randint(0, 4):
            case 0:
                raw = raw[:at] + raw[at + length :]
            case 1:
                raw = raw[:at] + raw[at : at + length] * chance.randint(2, 9) + raw[at + length :]
            case 2:
                raw = raw[:at] + chance.choice(PIECES) + raw[at:]
            case 3:
                raw = raw[:at] + bytes([chance.randint(0, 255)]) + raw[at + 1 :]
            case _:
                other = chance.randint(0, len(raw))
                raw = raw[:at] + raw[other : other + length] + raw[at:]
    return raw


@given(some.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_it_reads_any_bytes(raw: bytes) -> None:
    assert_harmless(parse(raw))


@given(some.lists(some.sampled_from(PIECES) | some.binary(max_size=20), max_size=40))
@settings(max_examples=100, deadline=None)
def test_it_reads_anything_that_looks_like_a_mail(parts: list[bytes]) -> None:
    assert_harmless(parse(b"".join(parts)))
    assert_harmless(parse(b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"".join(parts)))


@given(some.text(alphabet=some.characters(codec=None), max_size=300))
@settings(max_examples=100, deadline=None)
def test_it_splits_and_walks_any_text(said: str) -> None:
    parts = quotes.split(said)
    assert parts.text or not said.strip(" \n\r\t>") or not any(map(str.isalnum, said))
    walked = html.walk(said)
    assert {piece["type"] for piece in pieces(walked.rich)} <= KINDS


@pytest.mark.parametrize("number", range(len(MAILS)))
def test_it_reads_mails_with_something_wrong_in_them(number: int) -> None:
    assert_harmless(parse(MAILS[number]))
    for seed in range(120):
        assert_harmless(parse(mutated(MAILS[number], random.Random(seed))))


def test_it_reads_every_beginning_of_a_mail() -> None:
    for raw in MAILS:
        for end in range(0, len(raw), 7):
            assert_harmless(parse(raw[:end]))


@pytest.mark.parametrize("corpus", ["answers", "shared"])
def test_it_reads_real_answers_with_something_wrong_in_them(corpus: str) -> None:
    folder = HERE / "answers" if corpus == "answers" else SHARED
    paths = sorted(folder.rglob("*.txt"))
    if not paths:
        pytest.skip("the corpora of real answers are not here")
    for path in paths:
        chance = random.Random(path.name)
        raw = mail(path.read_bytes()[:20_000])
        for _ in range(4):
            assert_harmless(parse(mutated(raw, chance)))
