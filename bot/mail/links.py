"""Which addresses in a mail may become links, and where they lead in truth."""

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:https?://)?((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})\b", re.IGNORECASE)


def is_link(url: str) -> bool:
    """Tell whether an address leads to a page or to a mail address, and does not hide which."""
    try:
        parts = urlsplit(url)
        is_disguised = parts.username is not None  # http://bank.example@elsewhere.example
    except ValueError:
        return False
    if parts.scheme.lower() == "mailto":
        return "@" in parts.path
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and not is_disguised


def disclosure(label: str, url: str) -> str:
    """Show the real host where a label shows another one, or where its letters may deceive."""
    shown = _HOST.search(label[:500])
    host = (urlsplit(url).hostname or "").lower()
    if host and not host.isascii():
        return f" [{_spelled_out(host)}]"
    if shown and host and shown.group(1).lower().removeprefix("www.") != host.removeprefix("www."):
        return f" [{host}]"
    return ""


def _spelled_out(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode()
