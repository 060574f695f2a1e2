"""Mails that break the rules: read all the same, with something to show and a sentence on what is missing."""

import pytest

from bot.mail.parse import TOO_LONG, TOO_MANY_PARTS, parse
from tests.mail.build import html, mail, mixed, text

PARTS = b"From: a@b.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"Hello",
        b"\r\n\r\nHello",
        b"no header here\r\n\r\nHello",
        b"Subject: x\nHello",
        b"Subject: x\n\nHello",
        b"From someone Wed May  6 10:02:00 2026\r\nSubject: x\r\n\r\nHello",
        b"Subject : x\r\n: empty\r\n\r\nHello",
        b"Content-Type: multipart/mixed\r\n\r\nHello",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\nHello",
        PARTS + b"--wrong\r\n\r\nHello\r\n--wrong--",
        PARTS + b"--b\r\n\r\nHello",
        PARTS + b"--b\r\nContent-Type: text/plain\r\nHello",
        PARTS + b"--b\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b--",
        b"Content-Type: text\r\n\r\nHello",
        b"Content-Type: ;;;\r\n\r\nHello",
        b"Content-Type: text/plain; charset=\r\n\r\nHello",
        b'Content-Type: text/plain; charset="utf-8\r\n\r\nHello',
        b"Content-Type: text/plain; charset*=x''y\r\n\r\nHello",
        b"Content-Type: text/plain; charset*1*=a; charset*=b\r\n\r\nHello",
        b"Content-Transfer-Encoding: nonsense\r\n\r\nHello",
        b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8",
        b"Content-Transfer-Encoding: base64\r\n\r\nS!G@V#s\nbG8=\n\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\nH=65llo=",
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<p>Hello",
        b"Content-Type: TEXT/PLAIN\r\nMIME-Version: 9.9\r\n\r\nHello",
        b"\xef\xbb\xbfSubject: x\r\n\r\nHello",
        b"Subject: x\r\rHello",
    ],
)
def test_it_shows_what_a_broken_mail_says(raw: bytes) -> None:
    found = parse(raw)
    assert "Hello" in found.text + found.quoted + "".join(str(one.content) for one in found.attachments)


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"\0", mail(b""), mixed(), html(""), html("<script>x</script>")]
)
def test_it_reads_a_mail_of_nothing(raw: bytes) -> None:
    found = parse(raw)
    assert (found.text, found.rich, found.quoted) == ("", (), "")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("liwei@ningbo.example", "liwei@ningbo.example"),
        ("<LiWei@Ningbo.Example>", "liwei@ningbo.example"),
        ("Li Wei liwei@ningbo.example", "liwei@ningbo.example"),
        ("Li, Wei <liwei@ningbo.example>", "liwei@ningbo.example"),
        ('"Li Wei <liwei@ningbo.example>', "liwei@ningbo.example"),
        ("Li Wei (sales) <liwei@ningbo.example", "liwei@ningbo.example"),
        ("Li Wei [mailto:liwei@ningbo.example]", "liwei@ningbo.example"),
        ('"other@x.example" <liwei@ningbo.example>', "liwei@ningbo.example"),
        ("liwei@ningbo.example, second@x.example", "liwei@ningbo.example"),
        ("undisclosed-recipients:;", ""),
        ("Li Wei", ""),
        ("", ""),
    ],
)
def test_it_finds_the_address_in_an_odd_from(written: str, address: str) -> None:
    raw = mail().replace(b"From: Li Wei <liwei@ningbo.example>", f"From: {written}".encode())
    assert parse(raw).sender.address == address


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Wed, 99 May 2026 99:99:99 +9999",
        "6 May 2026",
        "0",
        "Wed, 06 May 20260 10:02:00 +0000",
    ],
)
def test_it_reads_any_date_or_none(date: str) -> None:
    found = parse(mail(Date=date)).date
    assert found is None or found.tzinfo is not None


def test_it_takes_the_first_of_doubled_headers() -> None:
    raw = b"Subject: one\r\nSubject: two\r\nFrom: a@b.example\r\nFrom: c@d.example\r\n\r\nHello"
    found = parse(raw)
    assert (found.subject, found.sender.address) == ("one", "a@b.example")


def test_it_says_that_a_mail_was_longer_than_it_shows() -> None:
    found = parse(mail(b"word " * 100_000))
    assert TOO_LONG in found.problems
    assert 100_000 < len(found.text) <= 200_000
    assert TOO_LONG in parse(html("<p>x" * 100_000)).problems
    assert parse(mail(b"word " * 1_000)).problems == ()


def test_it_says_that_a_mail_has_too_many_parts() -> None:
    found = parse(mixed(*[text(f"part {number}") for number in range(2_000)]))
    assert found.problems == (TOO_MANY_PARTS,)
    assert "part 1" in found.text


def test_it_reads_all_texts_of_a_mail_in_their_order() -> None:
    assert parse(mixed(text("first"), text("second"))).text == "first\nsecond"


def test_it_names_the_language_only_when_it_is_sure() -> None:
    said = {
        "en": "Dear Anna, the goods will be shipped on Friday.",
        "de": "Guten Tag, die Ware wird am Freitag verschickt.",
        "zh": "您好，样品已经寄出，型号 ABC-123，请查收。",
        "ja": "お世話になっております。見積書を添付します。",
        "ko": "안녕하세요, 샘플은 내일 발송됩니다.",
        "tr": "Merhaba, numuneler yarın kargoya verilecek.",
        "ru": "Добрый день, товар отправим в пятницу.",
        "ar": "مرحبا، سنشحن البضاعة يوم الخميس القادم.",
        None: "OK 4711",
    }
    assert {parse(mail(words.encode())).language: words for words in said.values()} == said
