"""Whose mail it was that somebody passed on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.mail.dates import written_date
from bot.mail.model import Address, Forwarded
from bot.mail.parse import parse
from tests.mail.build import attached, html, mail, mixed, text

WHEN = datetime(2026, 5, 6, 10, 2, tzinfo=UTC)
LI = Address("Li Wei", "liwei@ningbo.example")


# One mail of Li Wei, passed on with "FYI" by various programs.
FORWARDS = sorted((Path(__file__).parent / "forwards").glob("*.txt"))


@pytest.mark.parametrize("path", FORWARDS, ids=lambda path: path.stem)
def test_it_finds_the_mail_that_was_passed_on(path: Path) -> None:
    subject, _, body = path.read_text(encoding="utf-8").removeprefix("Subject: ").partition("\n\n")
    found = parse(mail(body.encode(), Subject=subject, From="Tom <tom@shop.example>"))
    assert found.forwarded == Forwarded(LI, "Prices", WHEN, None, "New prices.")
    assert found.text == "FYI"


@pytest.mark.parametrize("path", FORWARDS, ids=lambda path: path.stem)
def test_it_shows_the_mail_itself_when_nothing_was_added(path: Path) -> None:
    body = path.read_text(encoding="utf-8").partition("FYI")[2]
    found = parse(mail(body.encode(), Subject="Fwd: Prices"))
    assert found.text == "New prices."
    assert found.forwarded is not None
    assert found.forwarded.sender == LI


def test_it_finds_a_mail_passed_on_in_html() -> None:
    source = (
        '<div>FYI</div><div class="gmail_quote"><div class="gmail_attr">'
        "---------- Forwarded message ---------<br>"
        "From: <b>Li Wei</b> &lt;<a href='mailto:liwei@ningbo.example'>"
        "liwei@ningbo.example</a>&gt;"
        "<br>"
        "Date: Wed, May 6, 2026 at 10:02 AM<br>Subject: Prices<br>To: Tom"
        "<br></div><br><p>New prices.</p></div>"
    )
    found = parse(html(source, Subject="Fwd: Prices"))
    assert found.text == "FYI"
    assert found.forwarded is not None
    assert found.forwarded.sender == LI
    assert found.forwarded.text == "New prices."


def test_it_finds_a_mail_passed_on_as_a_file() -> None:
    inner = mail(
        b"New prices.\n\nRegards\nLi Wei",
        Message_ID="<prices@ningbo.example>",
        Date="Wed, 06 May 2026 18:02:00 +0800",
        Subject="=?utf-8?B?UHJpY2Vz?=",
    )
    found = parse(mixed(text("FYI"), attached(inner), From="Tom <tom@shop.example>", Subject="Fwd: Prices"))
    assert found.text == "FYI"
    assert found.forwarded == Forwarded(LI, "Prices", WHEN, "<prices@ningbo.example>", "New prices.")
    assert [one.type for one in found.attachments] == ["message/rfc822"]


def test_it_takes_an_answer_for_no_forward() -> None:
    block = "From: Li Wei <liwei@ningbo.example>\nSent: Wednesday, May 6, 2026\nTo: Tom\nSubject: Prices"
    body = f"Yes.\n\n{block}\n\nOk?\n"
    assert parse(mail(body.encode(), Subject="RE: Prices")).forwarded is None
    body = f"Yes, I forwarded it.\n\n{block}\n\nOk?\n"
    assert parse(mail(body.encode(), Subject="RE: Prices")).forwarded is None
    assert parse(mail(b"Fwd: is only a subject", Subject="Fwd: Prices")).forwarded is None
    assert parse(mail(b"Hello")).forwarded is None


@pytest.mark.parametrize(
    ("written", "when"),
    [
        ("Wed, 6 May 2026 18:02:00 +0800", "2026-05-06T10:02"),
        ("Wednesday, May 6, 2026 10:02:33 PM", "2026-05-06T22:02"),
        ("2026年5月6日(星期三) 下午3:02", "2026-05-06T15:02"),
        ("2026-05-06 10:02:11", "2026-05-06T10:02"),
        ("2026/05/06 10:02", "2026-05-06T10:02"),
        ("06.05.2026 10:02", "2026-05-06T10:02"),
        ("06/05/2026  10:02  (GMT+01:00)", "2026-05-06T09:02"),
        ("5/6/2026 10:02 AM", "2026-05-06T10:02"),
        ("Mi., 6. Mai 2026 um 10:02 Uhr", "2026-05-06T10:02"),
        ("mer. 6 mai 2026 à 10:02", "2026-05-06T10:02"),
        ("среда, 6 мая 2026 г. 10:02", "2026-05-06T10:02"),
        ("śr., 6 maj 2026 o 10:02", "2026-05-06T10:02"),
        ("2026년 5월 6일 수요일 오후 1:02", "2026-05-06T13:02"),
        ("Thứ Tư, 6 thg 5, 2026 10:02", None),
        ("yesterday", None),
        ("", None),
        ("99/99/9999", None),
        ("0000-00-00 99:99", None),
    ],
)
def test_it_reads_dates_as_programs_write_them(written: str, when: str | None) -> None:
    found = written_date(written)
    assert (found.strftime("%Y-%m-%dT%H:%M") if found else None) == when
