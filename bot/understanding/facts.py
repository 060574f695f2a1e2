"""What in a text must stay as it is: links, addresses, accounts, amounts, dates, numbers, names.

Found by rule, in many scripts, never by a model. Every quantifier has a bound: a crafted mail cannot make it
slow. Letters next to each other in Chinese are no word boundary, so boundaries are spelt out.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from bot.patterns import lazy
from bot.words import mark


class Kind(StrEnum):
    """Sorts of facts. The value stands in placeholders, so it is a word a model understands."""

    OTHER = "OTHER"  # looks like a placeholder of ours
    URL = "URL"
    MAIL = "MAIL"
    IBAN = "IBAN"
    DATE = "DATE"
    AMOUNT = "AMOUNT"
    CARD = "CARD"
    ORDER = "ORDER"
    PHONE = "PHONE"
    NAME = "NAME"
    TIME = "TIME"
    CODE = "CODE"
    NUMBER = "NUMBER"


PERSONAL = frozenset({Kind.URL, Kind.MAIL, Kind.IBAN, Kind.CARD, Kind.ORDER, Kind.PHONE, Kind.NAME})
# By these somebody can be reached, paid or promised something: none may be made up.
BINDING = frozenset(
    {Kind.URL, Kind.MAIL, Kind.IBAN, Kind.CARD, Kind.ORDER, Kind.PHONE, Kind.AMOUNT},
)
# What people read instead of the fact itself: a stranger may have written it.
WORDS = {
    Kind.OTHER: mark("a sign"),
    Kind.URL: mark("a link"),
    Kind.MAIL: mark("a mail address"),
    Kind.IBAN: mark("a bank account"),
    Kind.DATE: mark("a date"),
    Kind.AMOUNT: mark("an amount"),
    Kind.CARD: mark("a card number"),
    Kind.ORDER: mark("an order number"),
    Kind.PHONE: mark("a phone number"),
    Kind.NAME: mark("a name"),
    Kind.TIME: mark("a time"),
    Kind.CODE: mark("an article number"),
    Kind.NUMBER: mark("a number"),
}


@dataclass(frozen=True)
class Fact:
    """One fact and where it stands."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The position after it."""
        return self.start + len(self.text)

    @property
    def key(self) -> str:
        """Give what is the same for every way of writing it."""
        return _KEYS.get(self.kind, str.upper)(self.text)


Span = tuple[int, int]
_Finder = Callable[[str], Iterable[Span]]

_BEFORE, _AFTER = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
# Domains people write without http. Mail programs and Slack make links of them.
_TOP = (
    "com|net|org|info|biz|shop|store|online|site|website|app|dev|io|co|ai|me|link|click|top|xyz|vip|club|live|"
    "eu|uk|de|at|ch|fr|es|pt|it|nl|be|pl|cz|se|dk|no|fi|ie|ru|ua|tr|cn|hk|tw|jp|kr|in|vn|th|id|my|sg|ph|au|nz|"
    "us|ca|mx|br|ar|cl|gg|ly|gl|sh|cc|tv|to|ws"
)
_PATH = "[^\\s<>\"'⟦⟧()（）\\[\\]【】，。；、！？]"
_URL = lazy(
    rf"(?:https?|ftp)://{_PATH}{{1,2000}}|(?<![A-Za-z0-9@.])www\.{_PATH}{{1,2000}}|"
    rf"(?<![A-Za-z0-9@._/-])(?:[A-Za-z0-9][A-Za-z0-9-]{{0,62}}\.){{1,4}}(?:{_TOP}){_AFTER}(?![@-])(?:[/?]{_PATH}{{0,2000}})?",
    re.IGNORECASE,
)
_MAIL = lazy(
    r"[A-Za-z0-9À-ɏ._%+'-]{1,64}@[A-Za-z0-9À-ɏ-]{1,63}(?:\.[A-Za-z0-9À-ɏ-]{1,63}){1,6}", re.IGNORECASE
)
_IBAN = lazy(rf"{_BEFORE}[A-Z]{{2}}\d{{2}}(?:[ -]?[A-Z0-9]){{11,30}}", re.IGNORECASE)
_LONG_DIGITS = lazy(r"(?<![A-Za-z0-9])\d(?:[ -]?\d){12,18}(?![A-Za-z0-9])")
_DATE = lazy(
    r"(?<![\d./-])(?:(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}(?![\d/-])|"
    r"\d{1,2}[./-]\d{1,2}[./-](?:(?:19|20)\d{2}|\d{2})(?![\d/-])|(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?!\d)|"
    r"(?:(?:19|20)?\d{2}年)?\d{1,2}月\d{1,2}[日号號]?|(?:19|20)\d{2}年(?:\d{1,2}月)?)"
)
_SPACES = " \u00a0\u202f"
_FIGURE = rf"\d{{1,3}}(?:[.,'’{_SPACES}]\d{{3}}){{1,5}}(?:[.,]\d{{1,2}})?(?!\d)|\d{{1,15}}(?:[.,]\d{{1,6}})?"
_CURRENCIES = {
    "EUR": "€|EUR|euros?|欧元|歐元",
    "USD": r"US\$|\$|USD|(?:US )?dollars?|dólares|dollar|美元|美金",
    "GBP": "£|GBP|pounds?|英镑",
    "CNY": "¥|￥|CNY|RMB|yuan|人民币|元|块",
    "HKD": r"HK\$|HKD|港币|港元",
    "OTHER": "₹|₩|₽|₺|₫|฿|JPY|CHF|SEK|NOK|DKK|PLN|CZK|HUF|TRY|INR|KRW|VND|THB|BRL|MXN|CAD|AUD|SGD|TWD|日元",
    "%": "%|％|percent|per cent|prozent",
}
_MONEY = "|".join(f"(?:{words})" for words in sorted(_CURRENCIES.values(), key=len, reverse=True))
_AMOUNT = lazy(
    rf"(?<![A-Za-z])(?:{_MONEY})[{_SPACES}]?(?:{_FIGURE})(?:[{_SPACES}]?[kK万]{_AFTER})?|"
    rf"(?<![A-Za-z0-9.,])(?:{_FIGURE})[{_SPACES}]?[万千kK]?(?:{_MONEY})(?![A-Za-z])",
    re.IGNORECASE,
)
_ORDER_CUE = lazy(
    r"(?:order|bestellung|bestell|auftrag|commande|pedido|encomenda|订单|訂單|单号|invoice|rechnung|rechnungs|"
    r"facture|factura|fatura|发票|tracking|sendung|sendungs|shipment|客户|customer|kunden|client|reference|ref|"
    r"运单|account|konto|账号|帐号)s?[\s_-]{0,2}(?:numbers?|nummer|no|nr|num|id|n°|nº|numéro|número|号码|编号|号)?"
    r"[\s.:：#＃°º]{0,4}(?:is |ist |est |es |é |是)?[#＃]?"
    r"(?P<token>(?=[A-Z/_-]{0,12}\d)[A-Z0-9](?:[A-Z0-9/_-]{0,30}[A-Z0-9]))(?![A-Za-z0-9])|"
    r"(?<![A-Za-z0-9&])[#＃](?P<hash>[A-Z]{0,6}-?\d[\dA-Z-]{1,30})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_ORDER_LOOK = lazy(
    rf"{_BEFORE}(?:(?:SO|PO|ORD|INV|RMA)[-/]?\d[\dA-Z/-]{{1,20}}|\d{{7,34}}|[A-Z]{{1,4}}\d{{6,20}}[A-Z]{{0,3}}){_AFTER}",
    re.IGNORECASE,
)
_PHONE = lazy(
    r"(?<![\w+])(?:\+\d(?:[ ().\-/]{0,3}\d){6,14}|00\d(?:[ ().\-/]{0,3}\d){7,14}|"
    r"\(?0\d(?:[ ()\-/]{0,3}\d){5,12}|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?!\w)|"
    r"(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)|"
    r"(?:tel|phone|mobile?|handy|whatsapp|fax|电话|手机|联系电话)[.:：\s]{1,3}"
    r"(?P<token>\d(?:[ ().\-/]{0,2}\d){5,14})",
    re.IGNORECASE,
)
_TIME = lazy(r"(?<![\d:])\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?![\d:])")
_CODE = lazy(
    rf"{_BEFORE}(?!\d{{1,2}}(?:st|nd|rd|th){_AFTER})(?=[A-Za-z_/.-]{{0,40}}\d)(?=[0-9_/.-]{{0,40}}[A-Za-z])"
    rf"[A-Za-z0-9]{{1,40}}(?:[-_/.][A-Za-z0-9]{{1,40}}){{0,8}}{_AFTER}"
)
_NUMBER = lazy(r"\d{1,40}(?:[.,'’]\d{1,40}){0,8}[万亿千百]?")
# What a model may make of our brackets.
PLACEHOLDER = lazy(r"[⟦【〚\[]{1,2}\s?([A-Za-z]{3,6})_(\d{1,4})\s?[⟧】〛\]]{1,2}")
_OTHER = lazy(rf"{PLACEHOLDER.pattern}|[⟦⟧]")
_TRAILING = ".,;:!?…'\""


def find(text: str, names: Iterable[str] = ()) -> list[Fact]:
    """Give the facts of a text, in order; none overlaps another. `names`: of people."""
    taken = bytearray(len(text))
    found = []
    for kind, finder in [*_FINDERS, (Kind.NAME, _names(names)), *_LATE_FINDERS]:
        for start, end in finder(text):
            if start < end and not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append(Fact(kind, text[start:end], start))
    return sorted(found, key=lambda fact: fact.start)


def made_up(text: str, sources: Iterable[str]) -> list[Fact]:
    """Give the binding facts of a text that stand in none of its sources."""
    sources = list(sources)
    known = {(fact.kind, fact.key) for source in sources for fact in find(source)}
    return [fact for fact in find(text) if fact.kind in BINDING and (fact.kind, fact.key) not in known]


# ---- finders ---------------------------------------------------------------------------------------------


def _plain(pattern: re.Pattern[str]) -> _Finder:
    def finder(text: str) -> Iterator[Span]:
        for match in pattern.finditer(text):
            inner = [name for name, value in match.groupdict().items() if value]
            yield match.span(inner[0]) if inner else match.span()

    return finder


def _urls(text: str) -> Iterator[Span]:
    for match in _URL.finditer(text):
        yield match.start(), match.start() + len(match.group().rstrip(_TRAILING))


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        # The pattern may run into the next words: the checksum tells where the account ends.
        written = match.group()
        for length in range(len(written), 14, -1):
            following = text[match.start() + length : match.start() + length + 1]
            if not (following.isascii() and following.isalnum()) and _is_iban(written[:length]):
                yield match.start(), match.start() + length
                break


def _is_iban(written: str) -> bool:
    plain = re.sub("[ -]", "", written).upper()
    if not 15 <= len(plain) <= 34 or not plain.isascii() or written[-1] in " -":
        return False
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def _cards(text: str) -> Iterator[Span]:
    for match in _LONG_DIGITS.finditer(text):
        digits = [int(char) for char in match.group() if char.isdigit()]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
        if (sum(doubled) + sum(digits[::-2])) % 10 == 0 and digits[0]:
            yield match.span()


def _names(names: Iterable[str]) -> _Finder:
    whole = {name.strip() for name in names if len(name.strip()) > 1}
    # "Hi Maria" must hide Maria Silva as well, but "will" is not Will.
    parts = {part for name in whole for part in name.split() if len(part) > 2} - whole
    if not whole:
        return lambda _text: ()
    patterns = [f"(?i:{_bounded(name)})" for name in sorted(whole, key=len, reverse=True)]
    patterns += [_bounded(part) for part in sorted(parts, key=len, reverse=True)]
    return _plain(re.compile("|".join(patterns)))


def _bounded(name: str) -> str:
    letters = "A-Za-z0-9À-ɏͰ-ӿ"  # scripts that write words apart
    before = f"(?<![{letters}])" if re.match(f"[{letters}]", name) else ""
    after = f"(?![{letters}])" if re.search(f"[{letters}]$", name) else ""
    return before + r"\s{1,3}".join(map(re.escape, name.split())) + after


_FINDERS: list[tuple[Kind, _Finder]] = [
    (Kind.OTHER, _plain(_OTHER)),
    (Kind.URL, _urls),
    (Kind.MAIL, _plain(_MAIL)),
    (Kind.IBAN, _ibans),
    (Kind.AMOUNT, _plain(_AMOUNT)),
    (Kind.DATE, _plain(_DATE)),
    (Kind.CARD, _cards),
    (Kind.ORDER, _plain(_ORDER_CUE)),
    (Kind.PHONE, _plain(_PHONE)),
    (Kind.ORDER, _plain(_ORDER_LOOK)),
]
_LATE_FINDERS: list[tuple[Kind, _Finder]] = [
    (Kind.TIME, _plain(_TIME)),
    (Kind.CODE, _plain(_CODE)),
    (Kind.NUMBER, _plain(_NUMBER)),
]


# ---- the same in every way of writing --------------------------------------------------------------------


def _url_key(text: str) -> str:
    # Capitals count in a path: two short links may differ by nothing else.
    host, slash, path = re.sub(r"^(?:\w+://)?(?:www\.)?", "", text, flags=re.IGNORECASE).partition("/")
    return host.lower() + (slash + path).rstrip("/")


def _compact(text: str) -> str:
    return re.sub(r"[\s-]", "", text).upper()


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text).lstrip("0")


def _amount_key(text: str) -> str:
    match = re.search(_FIGURE, text)
    if match is None:
        return text.upper()
    unit = (text[: match.start()] + text[match.end() :]).strip()
    return f"{figure(match.group())} {_multiple(unit)}{_currency(unit)}"


def _currency(unit: str) -> str:
    for code, words in _CURRENCIES.items():
        if code != "OTHER" and re.search(words, unit, re.IGNORECASE):
            return code
    return unit.upper()


def _multiple(unit: str) -> str:
    found = re.search(r"[万千]|(?<![A-Za-z])k(?![A-Za-z])", unit, re.IGNORECASE)
    return found.group().lower() + " " if found else ""


def figure(text: str) -> Decimal | None:
    """Read a number as it is written anywhere: 1,234.50 and 1.234,50 and 1'234.5; None for none."""
    match = re.search(_FIGURE, text)
    if match is None:
        return None
    plain = re.sub(rf"['’{_SPACES}]", "", match.group())
    last = max(plain.rfind("."), plain.rfind(","))
    groups = re.split("[.,]", plain)
    # One mark with three figures after it sets thousands apart; otherwise the last mark is the decimal one.
    is_decimal = last >= 0 and (len(groups[-1]) != 3 or len({*re.findall("[.,]", plain)}) == 2)
    whole = "".join(groups[:-1]) if is_decimal else "".join(groups)
    try:
        return Decimal(f"{whole}.{groups[-1]}" if is_decimal else whole).normalize()
    except InvalidOperation:
        return None


_KEYS: dict[Kind, Callable[[str], str]] = {
    Kind.URL: _url_key,
    Kind.MAIL: str.lower,
    Kind.IBAN: _compact,
    Kind.CARD: _digits,
    Kind.PHONE: _digits,
    Kind.AMOUNT: _amount_key,
}
