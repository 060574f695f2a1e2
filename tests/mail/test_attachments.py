"""Files in mails: safe names, true types, what is refused and why."""

import io
import zipfile

import pytest

from bot.mail.attachments import inspect, numbered, safe_name
from bot.mail.parse import Limits, parse
from tests.mail.build import attached, file, mail, mixed, text

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
MB = 1024 * 1024


def names(raw: bytes) -> list[str]:
    return [one.name for one in parse(raw).attachments]


def archive(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("../../x", "x"),
        ("../../etc/cron.d/x", "x"),
        ("..\\..\\windows\\x.txt", "x.txt"),
        ("C:\\temp\\x.txt", "x.txt"),
        ("/etc/passwd", "passwd"),
        ("invoice\u202efdp.txt", "invoicefdp.txt"),
        ("a\x00b\nc\r.pdf", "ab_c_.pdf"),
        ("..", "fallback"),
        ("", "fallback"),
        (" . ", "fallback"),
        ("///", "fallback"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("~/.ssh/authorized_keys", "authorized_keys"),
        (".bashrc", "bashrc"),
        ('a<b>:"|?*.txt', "a_b_.txt"),
        ("报价单 2026.xlsx", "报价单 2026.xlsx"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 300, "x" * 120),
    ],
)
def test_it_gives_a_name_that_is_only_a_name(written: str, safe: str) -> None:
    assert safe_name(written, "fallback") == safe


def test_it_gives_safe_names_to_the_files_of_a_mail() -> None:
    raw = mixed(
        text("See files"),
        file(PDF, "../../x"),
        file(PDF, "../../etc/cron.d/x", "application/pdf"),
        file(PDF, None, "application/pdf"),
        file(PDF, "=?utf-8?B?5oql5Lu3LnBkZg==?=", "application/pdf"),
    )
    assert names(raw) == ["x", "x (2)", "file-3.pdf", "报价.pdf"]


@pytest.mark.parametrize(
    "parameter",
    [
        "filename*=utf-8''%E6%8A%A5%E4%BB%B7.pdf",
        "filename*0*=utf-8''%E6%8A%A5; filename*1*=%E4%BB%B7.pdf",
        'filename="=?gb2312?B?sai82y5wZGY=?="',
        "filename==?utf-8?Q?=E6=8A=A5=E4=BB=B7.pdf?=",
        'filename="报价.pdf"',
    ],
)
def test_it_reads_a_file_name_however_it_is_written(parameter: str) -> None:
    part = (
        f"Content-Type: application/pdf\r\nContent-Disposition: attachment; {parameter}\r\n\r\n".encode()
        + PDF
    )
    assert names(mixed(text("x"), part)) == ["报价.pdf"]


def test_it_tells_files_of_one_name_apart() -> None:
    assert numbered(["a.jpg", "A.jpg", "b", "b", "a.jpg"]) == [
        "a.jpg",
        "A (2).jpg",
        "b",
        "b (2)",
        "a (3).jpg",
    ]


def test_it_never_gives_one_name_twice() -> None:
    made = numbered(["a (2).jpg", "a.jpg", "a.jpg", "a (2).jpg"])
    assert len({name.casefold() for name in made}) == 4


def test_it_takes_a_file_of_20_mb() -> None:
    content = PDF + bytes(20 * MB)
    mail = parse(mixed(text("Here it is"), file(content, "catalogue.pdf", "application/pdf")))
    assert mail.text == "Here it is"
    assert [(one.name, one.type, one.size, one.refused) for one in mail.attachments] == [
        ("catalogue.pdf", "application/pdf", len(content), None)
    ]
    assert mail.attachments[0].content == content


def test_it_refuses_a_file_that_is_too_large_and_keeps_the_rest() -> None:
    raw = mixed(text("Two files"), file(bytes(2 * MB + 1), "film.mov"), file(PDF, "a.pdf", "application/pdf"))
    mail = parse(raw, limits=Limits(max_attachment=2 * MB))
    large, small = mail.attachments
    assert mail.text == "Two files"
    assert large.refused == "film.mov is too large to pass on: 3 MB, and 2 MB is the most."
    assert (large.content, large.size) == (b"", 2 * MB + 1)
    assert (small.refused, small.content) == (None, PDF)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("setup.exe", b"anything"),
        ("invoice.pdf.exe", b"anything"),
        ("invoice.exe.pdf", PDF),
        ("photo.jpg", b"MZ\x90\x00"),
        ("photo.jpg", b"\x7fELF\x02"),
        ("run", b"#!/bin/sh\nrm -rf /"),
        ("a.lnk", b"x"),
        ("a.JS", b"x"),
        ("a.vbs ", b"x"),
        ("macro.iso", b"x"),
        ("order.pdf.zip", archive(order__exe=b"x")),
        ("order.zip", archive(deep__scr=b"x", readme__txt=b"x")),
    ],
)
def test_it_passes_no_program_on(name: str, content: bytes) -> None:
    (found,) = parse(mixed(text("x"), file(content, name))).attachments
    assert found.content == b""
    assert found.refused
    assert "program" in found.refused


@pytest.mark.parametrize(
    "content",
    [
        archive(a__bin=bytes(20 * MB)),
        archive(**{f"m{number}__txt": b"" for number in range(5001)}),
        archive(inner__zip=archive(a__bin=bytes(20 * MB))),
    ],
)
def test_it_passes_no_zip_bomb_on(content: bytes) -> None:
    found = inspect("order.zip", "application/zip", content, 25 * MB)
    assert found.refused == "order.zip was not passed on: an archive that unpacks to far more than it should."


def test_it_passes_ordinary_archives_and_office_files_on() -> None:
    for name in ("order.zip", "order.xlsx", "order.docx"):
        content = archive(a__xml=b"<x>1</x>" * 100, b__xml=b"<y/>")
        found = inspect(name, "application/vnd.openxmlformats", content, 25 * MB)
        assert (found.refused, found.content) == (None, content)
    broken = inspect("half.zip", "application/zip", archive(a__txt=b"x" * 1000)[:-30], 25 * MB)
    assert broken.refused is None


def test_it_tells_the_true_type_of_a_file() -> None:
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
    assert inspect("a.bin", "application/octet-stream", png, MB).type == "image/png"
    assert inspect("a.pdf", "application/octet-stream", PDF, MB).type == "application/pdf"
    assert inspect("a.xyz", "application/x-own", b"whatever", MB).type == "application/x-own"


def test_it_says_that_winmail_dat_is_outlooks_own() -> None:
    mail = parse(
        mixed(text("See file"), file(b"\x78\x9f\x3e\x22" + bytes(40), "winmail.dat", "application/ms-tnef"))
    )
    assert mail.text == "See file"
    assert names_of(mail.attachments) == ["winmail.dat"]
    assert any("winmail.dat" in problem for problem in mail.problems)


def names_of(attachments: object) -> list[str]:
    return [one.name for one in attachments]  # type: ignore[attr-defined]


def test_it_leaves_out_logos_and_pixels_but_no_photos() -> None:
    def image(name: str, cid: str, size: int) -> bytes:
        head = f'Content-Type: image/png; name="{name}"\r\nContent-ID: <{cid}>\r\n\r\n'
        return head.encode() + b"\x89PNG" + b"x" * size

    page = b'Content-Type: text/html\r\n\r\n<p>Hello</p><img src="cid:logo"><img src="cid:photo">'
    raw = mixed(
        page, image("logo.png", "logo", 500), image("photo.png", "photo", 90_000), kind="multipart/related"
    )
    assert names(raw) == ["photo.png"]


def test_it_stops_at_too_many_files_and_says_so() -> None:
    mail = parse(mixed(text("x"), *[file(PDF, f"{number}.pdf") for number in range(60)]))
    assert len(mail.attachments) == 50
    assert mail.problems == ("The mail has 60 files; the last 10 were left out.",)


def test_it_keeps_a_mail_that_is_attached_as_a_file() -> None:
    (found,) = parse(mixed(text("See"), attached(mail(b"Inner")))).attachments
    assert found.name == "file-1.eml"
    assert b"Inner" in found.content
