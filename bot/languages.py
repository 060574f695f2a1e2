"""Languages and countries as people see them: a name and a flag."""

# ISO 639-1 code -> English name and the country whose flag people read it by.
_LANGUAGES = {
    "ar": ("Arabic", "SA"),
    "cs": ("Czech", "CZ"),
    "da": ("Danish", "DK"),
    "de": ("German", "DE"),
    "en": ("English", "GB"),
    "es": ("Spanish", "ES"),
    "fi": ("Finnish", "FI"),
    "fr": ("French", "FR"),
    "hi": ("Hindi", "IN"),
    "id": ("Indonesian", "ID"),
    "it": ("Italian", "IT"),
    "ja": ("Japanese", "JP"),
    "ko": ("Korean", "KR"),
    "nl": ("Dutch", "NL"),
    "pl": ("Polish", "PL"),
    "pt": ("Portuguese", "PT"),
    "ru": ("Russian", "RU"),
    "sv": ("Swedish", "SE"),
    "th": ("Thai", "TH"),
    "tr": ("Turkish", "TR"),
    "vi": ("Vietnamese", "VN"),
    "zh": ("Chinese", "CN"),
}

CODES = tuple(_LANGUAGES)
_REGIONAL_A = 0x1F1E6


def name(code: str | None) -> str:
    """Give the English name of a language; the code itself when it is not a common one."""
    if not code:
        return "an unknown language"
    return _LANGUAGES.get(code, (code, ""))[0]


def language_flag(code: str | None) -> str:
    """Give the flag people read a language by; a speech balloon when there is none."""
    return country_flag(_LANGUAGES.get(code or "", ("", ""))[1]) or "💬"


def country_flag(country: str | None) -> str:
    """Give the flag of a two-letter country code (ISO 3166-1); "" for anything else."""
    if not country or len(country) != 2 or not (country.isascii() and country.isalpha()):
        return ""
    return "".join(chr(_REGIONAL_A + ord(letter) - ord("A")) for letter in country.upper())
