"""Which language a text is in: by script first, by a small model among the languages of trade second."""

import re
from functools import lru_cache
from typing import Any

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
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
_LETTER = re.compile(r"[^\W\d_]")
_NOISE = re.compile(r"https?://\S{1,300}|\S{1,80}@\S{1,80}|\S{0,40}\d\S{0,40}")


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
    code, certainty = _model().classify(" ".join(sample.split()))
    return str(code) if certainty >= _SURE else None


def warm_up() -> None:
    """Load the model now, so that the first mail need not wait for it (0.3 s)."""
    _model()


@lru_cache(maxsize=1)
def _model() -> Any:
    # Imported where it is first used: it brings numpy, and costs a third of a second.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    whole.set_languages(list(LANGUAGES))
    # It would keep the tables of all its languages, 27 MB: one of the restricted ones has no others to keep.
    return LanguageIdentifier(
        whole.nb_ptc, whole.nb_pc, whole.nb_classes, whole.tk_nextmove, whole.tk_output,
        norm_probs=True, tk_row=whole.tk_row,
    )  # fmt: skip
