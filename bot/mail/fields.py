"""Addresses and Message-IDs out of headers, also out of broken ones."""

import inspect
import re
from email.message import Message
from email.utils import getaddresses

from bot.mail.charsets import header, visible
from bot.mail.model import Address

_ID = re.compile(r"<[^<>\s]{1,900}>")
_ADDRESS = re.compile(r"[^\s<>@\"(),;:\\\[\]]{1,64}@[^\s<>@\"(),;:\\\[\]]{1,250}")
_MOST = 200
# Newer Pythons give nothing at all for a header with one odd address, unless they are told not to be strict.
_LENIENT = {"strict": False} if "strict" in inspect.signature(getaddresses).parameters else {}


def addresses(mail: Message, name: str) -> tuple[Address, ...]:
    """Give the people in a header, without those who have no usable address."""
    found: list[Address] = []
    for value in mail.get_all(name, [])[:_MOST]:
        text = _unfolded(value)
        try:
            pairs = getaddresses([text], **_LENIENT)
        except (ValueError, IndexError, RecursionError):  # thousands of brackets, say
            found.append(written(text))
            continue
        found += (Address(_name(label), _address(address)) for label, address in pairs[:_MOST])
    return tuple(one for one in found if one.address)[:_MOST]


def first(mail: Message, name: str) -> Address | None:
    """Give the first person in a header."""
    found = addresses(mail, name)
    return found[0] if found else None


def written(text: str) -> Address:
    """Read somebody as programs write them into a text: Li <li@x.example>, Li [mailto:li@x.example]."""
    text = " ".join(visible(text[:1000]).split())
    found = _ADDRESS.search(re.sub("mailto:", " ", text, flags=re.IGNORECASE))
    address = found.group().lower().rstrip(".") if found else ""
    name = re.split(r"[<\[(（]", text, maxsplit=1)[0].strip(" \t\"'“”;,*")
    return Address("" if name.lower() == address else name[:_MOST], address)


def ids(mail: Message, name: str) -> list[str]:
    """Give the Message-IDs in a header, with their angle brackets."""
    value = mail.get(name)
    return [visible(one) for one in _ID.findall(str(value))] if value is not None else []


def _name(label: str) -> str:
    return header(label).strip("'\" ")[:_MOST]


def _unfolded(value: object) -> str:
    # Encoded words are decoded after splitting, for they may hide commas; raw 8-bit before, or it is lost.
    text = str(value).replace("\r", " ").replace("\n", " ")
    return text if text.isascii() else header(text)


def _address(address: str) -> str:
    found = _ADDRESS.search(visible(address))
    return found.group().lower().rstrip(".") if found else ""
