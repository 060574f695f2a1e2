"""Order numbers and SKUs in a customer's text, by patterns that a shop may replace with its own."""

import re
from collections.abc import Sequence

# A word for "order" (or a #) and, a few letters later, something with a digit in it.
ORDER_NUMBERS = (
    (
        r"(?:\border(?:s|ed)?\b|\bpurchase\b|\bbestell(?:ung|nummer|nr)\w{0,6}|\bauftrags?(?:nummer|nr)?\b|\bcommande\b|"
        r"\bcde\b|\bachat\b|\bpedido\b|\bcompra\b|\bencomenda\b|订单号?|订单编号|单号)[\s:：.,#(]{0,4}"
        r"(?:(?:number|numero|número|numéro|nummer|no|nr|num|n\.?[°ºo]|№|id|is|ist|est|es|é|ref|under|号|是|为)[\s:：.#]{0,3}){0,3}"
        r"#?((?=[A-Z0-9-]{0,20}\d)[A-Z0-9][A-Z0-9-]{2,20})(?![A-Za-z0-9_])"
    ),
    r"(?<![\w&/])#\s?((?=[A-Z0-9-]{0,20}\d)[A-Z0-9][A-Z0-9-]{2,20})(?![A-Za-z0-9_])",
)
SKUS = (
    (
        r"(?i:\b(?:sku|art(?:ikel)?\.?-?\s?(?:nr|no|nummer)\.?|item (?:no|number)\.?|r[ée]f(?:[ée]rence|erencia|erência)?\.?|"
        r"货号|款号|商品编号)[\s:：#.]{0,3}((?=[A-Z0-9-]{0,20}\d)[A-Z0-9][A-Z0-9-]{2,20})\b)"
    ),
    r"(?<![\w-])([A-Z]{2,6}-\d{2,6}(?:-[A-Z0-9]{1,6})?)(?![\w-])",
)
_READ = 8000


class References:
    """Finds the first order number and the first SKU of a text. Every pattern has one group, the number.

    Patterns for SKUs heed capital letters: "to-2" in a sentence is no article, "TO-2" may be.
    """

    def __init__(self, orders: Sequence[str] = ORDER_NUMBERS, skus: Sequence[str] = SKUS) -> None:
        self._orders = [re.compile(pattern, re.IGNORECASE) for pattern in orders]
        self._skus = [re.compile(pattern) for pattern in skus]

    def order(self, text: str) -> str | None:
        """Give the order's number, as it was written."""
        return _first(self._orders, text)

    def sku(self, text: str) -> str | None:
        """Give the article's number; one that is the order's number does not count."""
        order = self.order(text)
        return next((found for found in _all(self._skus, text) if found != order), None)


def _first(patterns: list[re.Pattern[str]], text: str) -> str | None:
    return next(iter(_all(patterns, text)), None)


def _all(patterns: list[re.Pattern[str]], text: str) -> list[str]:
    return [match.group(1) for pattern in patterns for match in pattern.finditer(text[:_READ])]
