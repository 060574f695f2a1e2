"""Mails as they come over the wire, built from their parts."""

from base64 import b64encode

CRLF = "\r\n"


def mail(
    body: bytes = b"Hello", *, charset: str = "utf-8", kind: str = "text/plain", **headers: str
) -> bytes:
    """Build a mail of one part; a keyword such as `Reply_To` is a header."""
    given = {"From": "Li Wei <liwei@ningbo.example>", "To": "shop@shop.example", "Subject": "Order 4711"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    given |= {"MIME-Version": "1.0", "Content-Type": f'{kind}; charset="{charset}"'}
    given |= {"Content-Transfer-Encoding": "8bit"}
    head = "".join(f"{name}: {value}{CRLF}" for name, value in given.items() if value)
    return head.encode("utf-8", "surrogateescape") + CRLF.encode() + body


def html(source: str, **headers: str) -> bytes:
    return mail(source.encode(), kind="text/html", **headers)


def mixed(*parts: bytes, kind: str = "multipart/mixed", **headers: str) -> bytes:
    """Build a mail of several parts, each with headers of its own."""
    given = {"From": "Li Wei <liwei@ningbo.example>", "To": "shop@shop.example", "Subject": "Order 4711"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}{CRLF}" for name, value in given.items() if value)
    head += f'MIME-Version: 1.0{CRLF}Content-Type: {kind}; boundary="=_part"{CRLF}{CRLF}'
    between = b"--=_part\r\n"
    return head.encode() + between + (b"\r\n" + between).join(parts) + b"\r\n--=_part--\r\n"


def text(said: str) -> bytes:
    return (
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + said.encode()
    )


def file(content: bytes, name: str | None, kind: str = "application/octet-stream") -> bytes:
    named = f'; filename="{name}"' if name is not None else ""
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
    return f"{head}Content-Disposition: attachment{named}\r\n\r\n".encode() + b64encode(content)


def attached(raw: bytes) -> bytes:
    return b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + raw
