"""Mails to begin with, what is put into them, and a megabyte of anything."""

import random
from pathlib import Path

from tests.mail.build import CRLF, file, html, mail, mixed, text
from tests.mail.test_fuzz import MAILS, PIECES, mutated
from tests.mail.test_worst import HEAD, HEADERS, PAGE, PARTS, PIECES_OF_PAGES, PLAIN, TEXTS, nested

HERE = Path(__file__).parent.parent / "mail"
SHARED = Path(__file__).parents[3] / "shared" / "mail"
MEGABYTE = 1_000_000

# What a text may never do: mention, link, send, show a date of its own, break out of a frame, forge a line.
ATTACKS = [
    "<!channel>", "<!here|here>", "<!everyone>", "<@TOM>", "<@U123|Tom>", "<#C-suppliers>", "<!subteam^S1>",
    "<https://evil.example|your bank>", "<mailto:evil@x.example|us>", "<!date^1^INJECTED|INJECTED>",
    "&lt;!channel&gt;", "&#60;!channel&#62;", "&amp;lt;!here&amp;gt;", "\uff1c!channel\uff1e", "@here",
    "https://evil.example/x", "javascript:alert(1)", "data:text/html,x", "slack://open", "http://[::1",
    "@channel", "#suppliers", "/switchboard go", "*_~`", "```", "> ", "\u202e<!channel>", "<\u200b!channel>",
    "<!chan\u00adnel>", "\ufeff", "[#1]", "[#999999999999999999999]", "Re: Re: ", "Bcc: evil@x.example",
    "\r\nBcc: evil@x.example\r\n", "{name} {0} %s %(x)s ${x}", "\x00", "\ud800", "\U0001f468\u200d\U0001f469",
    "a" * 5000, "\n" * 400, "<" * 900,
]  # fmt: skip
_WORDS = [*ATTACKS, "Hello", "Thanks,", "Tom", "On 6 May 2026, A <a@b.example> wrote:", "-- ", "\n"]
_ADDRESSES = [
    "Li Wei <li@ningbo.example>",
    "eve@else.example",
    "tom@shop.example",
    "<>",
    "x",
    "help@shop.example",
]
# What makes a page of a text.
_WRAPS = ["{}", "<p>{}</p>", "<a href='{}'>{}</a>", "<blockquote>{}</blockquote>", "<b>{}", "<pre>{}</pre>",
          "<a href='https://x.example/{}'>https://bank.example</a>", "<ul><li>{}</ul>"]  # fmt: skip


def seeds() -> list[bytes]:
    """Give whole mails: our own, and real ones where they are at hand."""
    paths = [*sorted(HERE.glob("answers/*.txt")), *sorted(HERE.glob("forwards/*.txt"))]
    paths += sorted(SHARED.rglob("*.txt"))
    return [*MAILS, *(mail(path.read_bytes()[:20_000]) for path in paths)]


def _said(chance: random.Random) -> str:
    """Give a text full of attacks."""
    words = [chance.choice(_WORDS) for _ in range(chance.randint(1, 30))]
    return chance.choice([" ", "\n", ""]).join(words)


def _bytes(said: str) -> bytes:
    return said.encode("utf-8", "surrogatepass")


def _header(chance: random.Random) -> str:
    """Give something for a header: as it stands, encoded, or folded."""
    said = chance.choice(ATTACKS)
    if chance.random() < 0.6:
        said = said.replace("\r", " ").replace("\n", " ")
    if chance.random() < 0.3:
        return f"=?utf-8?Q?{''.join(f'={byte:02X}' for byte in _bytes(said)[:200])}?="
    return said.encode("utf-8", "surrogateescape" if said.isascii() else "replace").decode("utf-8")


def crafted(chance: random.Random) -> bytes:
    """Give a mail by somebody who tries to make us do something."""
    headers = {"From": f"{_header(chance)} <{chance.choice(['li@ningbo.example', 'eve@else.example'])}>"}
    if chance.random() < 0.3:
        headers["From"] = chance.choice(_ADDRESSES)
    headers |= {"Subject": _header(chance), "Message_ID": f"<{chance.getrandbits(40)}@m.example>"}
    for name in ("Reply_To", "Cc", "References", "In_Reply_To", "Auto_Submitted", "X_Original_To"):
        if chance.random() < 0.2:
            headers[name] = _header(chance)
    said = _said(chance)
    match chance.randint(0, 4):
        case 0:
            page = "".join(chance.choice(_WRAPS).replace("{}", one) for one in said.split(" "))
            return html(page.encode("utf-8", "replace").decode(), **headers)
        case 1:
            name = chance.choice(ATTACKS).encode("utf-8", "replace").decode()
            return mixed(text(said.encode("utf-8", "replace").decode()), file(b"%PDF-1.7", name), **headers)
        case _:
            return mail(_bytes(said), **headers)


def broken(chance: random.Random, mails: list[bytes]) -> bytes:
    """Give a mail with something wrong in it, and perhaps an attack."""
    raw = mutated(chance.choice(mails), chance)
    for _ in range(chance.randint(0, 3)):
        at = chance.randint(0, len(raw))
        raw = raw[:at] + _bytes(chance.choice(ATTACKS)) + raw[at:]
    return raw


def huge(chance: random.Random) -> bytes:
    """Give up to a megabyte that was made to take long: pieces that stall a careless reader, mixed."""
    kinds = {PLAIN: TEXTS, PAGE: PIECES_OF_PAGES, PARTS: [*PIECES, b"--b\n", b"--b\n\n"], HEAD: HEADERS}
    head = chance.choice(list(kinds))
    pieces = [
        chance.choice(kinds[head] if chance.random() < 0.7 else PIECES) for _ in range(chance.randint(1, 4))
    ]
    size = chance.choice([MEGABYTE // 2, MEGABYTE - 2000])
    block = b"".join(piece * chance.choice([1, 1, 7, 900]) for piece in pieces) or b"x"
    body = (block * (size // len(block) + 1))[:size]
    if head == HEAD:
        return (
            chance.choice([b"Subject: ", b"From: ", b"References: ", b"To: "])
            + body
            + CRLF.encode()
            + HEAD
            + b"\nx"
        )
    if chance.random() < 0.1:
        return nested(chance.randint(2, 60), body)
    return head + body
