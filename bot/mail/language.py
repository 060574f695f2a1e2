"""Which language a text is in: by script first, by a small model among the languages of trade second."""

from bot.mail.pieces import pieces
from bot.patterns import lazy

# Restricted, the model is right far more often on short texts than among all 97 it knows.
LANGUAGES = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "sv",
    "da",
    "fi",
    "cs",
    "ru",
    "tr",
    "vi",
    "id",
    "ar",
)
# Below this share of certainty nothing is claimed.
_SURE = 0.55
_SAMPLE = 4000
_SCRIPTS = (
    ("ja", lazy("[\u3040-\u30ff]")),
    ("ko", lazy("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", lazy("[\u4e00-\u9fff\u3400-\u4dbf]")),
    ("th", lazy("[\u0e00-\u0e7f]")),
)
_LETTER = lazy(r"[^\W\d_]")
_NOISE = lazy(r"https?://\S{1,300}|\S{1,80}@\S{1,80}|\S{0,40}\d\S{0,40}")


def detect(text: str) -> str | None:
    """Give the ISO 639-1 code, or None when the text is too short or says nothing about it."""
    sample = _NOISE.sub(" ", text[:_SAMPLE])
    letters = len(_LETTER.findall(sample))
    if letters == 0:
        return None
    for code, script in _SCRIPTS:
        # Product names in Latin letters stand in every Chinese mail; a Han character says more than a letter.
        if len(script.findall(sample)) * 4 >= letters:
            return code
    if letters < 8:
        return None
    code, certainty = pieces().classify(" ".join(sample.split()))
    return code if certainty >= _SURE else None
