"""Files that come with a mail: a safe name, a true type, and a refusal with its reason where one is due."""

import io
import lzma
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable

from bot.mail.charsets import visible
from bot.mail.model import Attachment
from bot.words import _

# What runs when somebody opens it. Macro documents are left to the office suite, which asks.
_DANGEROUS = frozenset(
    """ade adp apk app appx bat bin cab chm cmd com cpl dll dmg ex_ exe gadget hta inf ins iso img isp jar
    jnlp js jse lib lnk mde msc msi msix msp mst nsh pif ps1 ps1xml ps2 psc1 reg scf scr sct sh shb sys
    url vb vbe vbs vhd vhdx vxd wsc wsf wsh xll""".split()  # noqa: SIM905 - endings read better as words
)
_DANGEROUS_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa",
    b"L\x00\x00\x00\x01\x14\x02",
    b"#!",
)
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]+')
_LONGEST_NAME = 120
_ZIP_INNER, _ZIP_INNERS = 1024**2, 20
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    RuntimeError,
    ValueError,
    EOFError,
    OverflowError,
    OSError,
)
_ZIP_MEMBERS, _ZIP_RATIO, _ZIP_TOTAL = 5000, 150, 2 * 1024**3


def safe_name(name: str, fallback: str) -> str:
    """Give a name that is only a name: no folders, no direction tricks, nothing reserved, not endless."""
    name = unicodedata.normalize("NFC", visible(name)).replace("\\", "/").rsplit("/", 1)[-1]
    name = _UNSAFE.sub("_", name).strip(" .")
    if not name.strip("_"):
        name = fallback
    if _RESERVED.match(name):
        name = f"_{name}"
    stem, dot, ending = name.rpartition(".")
    if len(name) > _LONGEST_NAME and dot and len(ending) <= 10:
        return f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"
    return name[:_LONGEST_NAME]


def numbered(names: Iterable[str]) -> list[str]:
    """Make names of one mail different from each other: photo.jpg, photo (2).jpg."""
    taken: set[str] = set()
    times: dict[str, int] = {}
    result = []
    for name in names:
        stem, dot, ending = name.rpartition(".")
        given = name
        while given.casefold() in taken:
            number = times[name.casefold()] = times.get(name.casefold(), 1) + 1
            given = f"{stem} ({number}).{ending}" if dot else f"{name} ({number})"
        taken.add(given.casefold())
        result.append(given)
    return result


def inspect(name: str, declared: str, content: bytes, largest: int) -> Attachment:
    """Look at one file; `refused` says why it must not be passed on."""
    size = len(content)
    true_type = _true_type(content, name, declared)
    refusal = _too_large(name, size, largest) or _danger(name, content)
    return Attachment(name, true_type, size, b"" if refusal else content, refusal)


def _too_large(name: str, size: int, largest: int) -> str | None:
    if size <= largest:
        return None
    # Rounded up: "25 MB, and 25 MB is the most" would be no reason.
    megabytes, most = -(-size // 1024**2), largest // 1024**2
    said = _("{name} is too large to pass on: {megabytes} MB, and {most} MB is the most.")
    return said.format(name=name, megabytes=megabytes, most=most)


def _true_type(content: bytes, name: str, declared: str) -> str:
    # Imported where it is first used: it builds its tables, which takes 40 ms.
    import puremagic  # noqa: PLC0415

    try:
        found = str(puremagic.from_string(content[:8192], mime=True, filename=name))
    except (puremagic.PureError, ValueError):
        return declared
    # Office files are zips inside: the declared type says more than the magic then.
    vague = ("", "application/zip", "text/plain", "application/octet-stream")
    says_something = declared not in ("", "application/octet-stream")
    return declared if found in vague and says_something else found or declared


def _danger(name: str, content: bytes) -> str | None:
    endings = {ending.lower() for ending in name.split(".")[-2:]} if "." in name else set()
    if endings & _DANGEROUS or content.startswith(_DANGEROUS_STARTS):
        return _("{name} was not passed on: a program, which could do harm when opened.").format(name=name)
    if content.startswith(b"PK"):
        return _zip_danger(name, content)
    return None


def _zip_danger(name: str, content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            is_bomb = _unpacks_too_far(members, len(content)) or _hides_a_bomb(archive, members)
    except _BROKEN_ZIP:
        return None  # no zip after all, or a broken one: it opens nothing
    if is_bomb:
        return _("{name} was not passed on: an archive that unpacks to far more than it should.").format(
            name=name
        )
    if any(member.filename.rpartition(".")[2].lower() in _DANGEROUS for member in members):
        return _("{name} was not passed on: an archive with a program in it.").format(name=name)
    return None


def _unpacks_too_far(members: list[zipfile.ZipInfo], packed: int) -> bool:
    unpacked = sum(member.file_size for member in members)
    return len(members) > _ZIP_MEMBERS or unpacked > _ZIP_TOTAL or unpacked > _ZIP_RATIO * max(packed, 1)


def _hides_a_bomb(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> bool:
    """Look one archive deeper, into small ones: a bomb needs few bytes, and a large one is what it seems."""
    inner = [one for one in members if one.filename.lower().endswith(".zip") and one.file_size <= _ZIP_INNER]
    for member in inner[:_ZIP_INNERS]:
        try:
            content = archive.read(member)
            with zipfile.ZipFile(io.BytesIO(content)) as held:
                if _unpacks_too_far(held.infolist(), len(content)):
                    return True
        except _BROKEN_ZIP:
            continue
    return False
