"""The same mail is known again whatever servers did to it; and who it is between decides its lane."""

import json
import time
from datetime import UTC, datetime

import pytest

from bot.gateways.imap_connection import Fetched
from bot.gateways.imap_offer import Offer, offer
from bot.mail.identity import names

ADDRESS = "orders@shop.example"
MAIL = (
    b"Message-ID: <1@factory.example>\r\n"
    b"From: =?utf-8?B?5p2O?= <li@factory.example>\r\n"
    b"To: orders@shop.example\r\n"
    b"Date: Tue, 24 Nov 2026 09:00:00 +0800\r\n"
    b"Subject: A long subject about the order of last week and what became of it\r\n"
    b"\r\n"
    b"Hello.\r\n"
    b"\r\n"
    b"Second paragraph.\r\n"
)


def offered(raw: bytes, *, is_sent: bool = False, is_imported: bool = False) -> Offer:
    mail = Fetched(1, raw, datetime(2026, 11, 24, 1, 0, tzinfo=UTC), len(raw))
    return offer(mail, ADDRESS, "INBOX", is_sent=is_sent, is_imported=is_imported)


@pytest.mark.parametrize(
    "changed",
    [
        b"Return-Path: <li@factory.example>\r\nReceived: from a by b\r\n\tfor c; now\r\n" + MAIL,
        MAIL.replace(b"of last week and", b"of last week\r\n and"),
        MAIL.replace(b"\r\n", b"\n"),
        MAIL + b"\r\n\r\n",
        MAIL.rstrip(),
        b"X-Spam-Status: No\r\n" + MAIL,
    ],
    ids=["traces", "folded", "line ends", "lines at the end", "no last line end", "spam header"],
)
def test_it_knows_a_mail_again(changed: bytes) -> None:
    assert names(changed, ADDRESS)[1] == names(MAIL, ADDRESS.upper())[1]


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"Second", b"Third"),
        MAIL.replace(b"Hello.\r\n\r\n", b"Hello.\r\n"),
        MAIL.replace(b"<1@", b"<2@"),
        MAIL.replace(b"09:00:00", b"09:00:01"),
    ],
)
def test_it_keeps_different_mails_apart(other: bytes) -> None:
    assert names(other, ADDRESS)[1] != names(MAIL, ADDRESS)[1]


def test_it_keeps_the_same_mail_to_two_mailboxes_apart() -> None:
    assert names(MAIL, ADDRESS)[1] != names(MAIL, "support@shop.example")[1]


def test_it_says_when_the_server_got_it() -> None:
    envelope = json.loads(offered(MAIL).body)
    assert envelope["arrived_at"] == "2026-11-24T01:00:00+00:00"
    assert envelope["recipients"] == [ADDRESS]


def test_it_keeps_what_is_said_and_what_is_answered_in_one_lane() -> None:
    answer = b"From: orders@shop.example\r\nTo: Li <li@Factory.example>\r\nSubject: Re\r\n\r\nYes."
    assert offered(MAIL).lane == offered(answer, is_sent=True).lane == "mail:factory.example"


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n\r\n", b"no headers at all", b"From: <<<>>,,;\r\nTo: \xff\xfe\r\n\r\nx"]
)
def test_it_offers_whatever_it_is_given(raw: bytes) -> None:
    for is_sent in (False, True):
        assert offered(raw, is_sent=is_sent).lane == "mail:"


def test_it_is_not_stalled_by_crafted_headers() -> None:
    crafted = [
        b"From: " + b"<" * 500_000 + b"\r\n\r\nx",
        b"From: " + b"(" * 500_000 + b"\r\n\r\nx",
        b"A: b\r\n" * 200_000,
        b"Subject: x\r\n" + b" y\r\n" * 300_000,
    ]
    before = time.monotonic()
    for raw in crafted:
        offered(raw)
    assert time.monotonic() - before < 10
