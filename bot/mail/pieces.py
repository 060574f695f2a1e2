"""Which language a text's pieces speak for: pieces of up to six bytes, and what each says for each language.

The numbers are py3langid's (see pieces.LICENSE), for the languages of trade alone, put into `pieces.bin` by
`pieces_source`. It answers as py3langid does when restricted to these languages: at each byte the longest
known piece that ends there is counted, then the counts are weighed.
"""

import math
import struct
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import repeat
from operator import mul
from pathlib import Path

from bot.arrays import Arrays

FILE = Path(__file__).parent / "pieces.bin"
NONE = 0xFFFF_FFFF


class Pieces:
    """The known pieces, numbered: first by length, then in order, so that those which go on stand together.

    Piece 0 is the empty one. `begins[p]` to `begins[p + 1]` are those one byte longer than `p`, `letters`
    their last bytes; `shorter[p]` is the longest known piece at the end of `p`; `features[p]` is what it
    counts for, or NONE; a feature `f` has the weights in line `line_of[f]`.
    """

    def __init__(self, path: Path = FILE) -> None:
        stored = Arrays(path)
        self.languages: list[str] = stored.told["languages"]
        self._begins, self._shorter, self._features = stored["begins"], stored["shorter"], stored["features"]
        self._raw, self._letters = stored.raw("letters")
        self._before = stored["before"]  # what speaks for each language before anything is read
        self._weights, self._line_of = stored["weights"], stored["line_of"]
        self._line = struct.Struct(f"<{len(self.languages)}e")

    def classify(self, text: str) -> tuple[str, float]:
        """Give the likeliest language, and the share of certainty it has."""
        raw = _encoded(text)
        seen = self._count(raw)
        if not seen:
            return self.languages[0], 1 / len(self.languages)
        often = [math.log1p(count) for count in seen.values()]
        said = zip(*map(self._weights_of, seen), strict=True)
        scores = [
            sum(map(mul, often, column), start) for column, start in zip(said, self._before, strict=True)
        ]
        # Divided by the root of the length, certainty means the same for short and long texts.
        scores = list(map(mul, scores, repeat(1 / math.sqrt(len(raw) or 1))))
        best = max(scores)
        certainty = 1 / sum(math.exp(score - best) for score in scores)
        return self.languages[scores.index(best)], certainty

    def _weights_of(self, feature: int) -> tuple[float, ...]:
        return self._line.unpack_from(self._weights, self._line_of[feature] * self._line.size)

    def _count(self, raw: bytes) -> Counter[int]:
        """Count the features of the pieces that end somewhere in it."""
        begins, shorter, features, letters = self._begins, self._shorter, self._features, self._letters
        find = self._raw.find
        piece, found = 0, []
        for at in range(len(raw)):
            letter = raw[at : at + 1]
            longer = find(letter, letters + begins[piece], letters + begins[piece + 1])
            while longer < 0 and piece:
                piece = shorter[piece]
                longer = find(letter, letters + begins[piece], letters + begins[piece + 1])
            piece = longer - letters if longer >= 0 else 0
            found.append(features[piece])
        seen = Counter(found)
        del seen[NONE]
        return seen


def _encoded(text: str) -> bytes:
    """Give the bytes as they were when the weights were learnt."""
    text = text.lower() if text.isupper() else text
    return unicodedata.normalize("NFC", text).encode(errors="surrogatepass")


@lru_cache(maxsize=1)
def pieces() -> Pieces:
    """Open the file once."""
    return Pieces()
