"""Which mail is which: the name of its bytes, and the key by which it is the same mail however it comes.

A mail comes by SMTP, by IMAP, from another folder, once more from a server that was not sure, or under a new
number after its mailbox was moved. Each time it must be known again.
"""

import hashlib
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Any

# What lies behind a megabyte of headers is no header a person's program wrote.
_LONGEST_HEADERS = 1024 * 1024
_SAID = ("Message-ID", "From", "Date", "Subject")


def names(raw: bytes, recipient: str) -> tuple[str, str]:
    """Give the sha256 of the bytes, and the key of this mail to `recipient`, an address of ours.

    The key leaves out what servers on the way add or fold anew (Received and the like, line ends, empty lines
    at the end); two different mails under one Message-ID stay two.
    """
    head, body = parted(raw)
    headers: Any = BytesHeaderParser(policy=compat32).parsebytes(head)
    said = [" ".join(str(headers.get(name, "")).split()) for name in _SAID]
    own = hashlib.sha256("\n".join([recipient.lower(), *said]).encode("utf-8", "replace"))
    own.update(b"\n" + body.rstrip())
    return hashlib.sha256(raw).hexdigest(), own.hexdigest()


def parted(raw: bytes) -> tuple[bytes, bytes]:
    """Part a mail at its first empty line into headers (1 MB at most) and body, with plain line ends."""
    plain = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    head, _, body = plain.partition(b"\n\n")
    return head[:_LONGEST_HEADERS] + b"\n\n", body
