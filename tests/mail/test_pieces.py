"""A text's language: the file made for reading where it lies says what the model it was taken from says."""

import math
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.mail import language
from bot.mail.pieces import Pieces
from bot.mail.pieces_source import take
from tests.triage import judges

HERE = Path(__file__).parent
HELD_OUT = [
    text
    for name in ("de", "es", "fr", "pt", "zh", "hard.de", "hard.pt", "chats.en", "templates.en", "outside")
    for text, _ in judges.lines(name)
]
# Straße as two code points, capital letters only, what no piece is known of, half a character, an emoji.
ODD = ["Strasse mit Umlauten: Gru\u0308\u00dfe", "WO IST MEIN PAKET?", "", "\x01\x02", "caf\udce9", "📦 ok"]


@pytest.fixture(scope="module")
def model() -> Any:
    """Give the model as its makers wrote it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - only this test needs it

    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    whole.set_languages(list(language.LANGUAGES))
    return whole


def texts() -> list[str]:
    whole = [*HELD_OUT, *(HERE / "corpus_lines.txt").read_text("utf-8").splitlines(), *ODD]
    dice = random.Random(8)
    noise = ["".join(chr(dice.randrange(32, 0x600)) for _ in range(dice.randrange(200))) for _ in range(500)]
    return [*whole, *(text[: dice.randrange(8, 40)] for text in whole), "\n".join(whole[:80]), *noise]


def test_it_names_the_language_that_the_whole_model_names(model: Any) -> None:
    pieces = Pieces()
    for text in texts():
        code, certainty = pieces.classify(text)
        theirs, share = model.classify(text)
        assert code == theirs, text
        assert math.isclose(certainty, share, abs_tol=1e-4), text


def test_it_knows_the_languages_of_trade() -> None:
    assert sorted(Pieces().languages) == sorted(language.LANGUAGES)


def test_it_is_what_is_taken_from_the_model_today(tmp_path: Path) -> None:
    take(tmp_path / "pieces.bin")
    assert (tmp_path / "pieces.bin").read_bytes() == (HERE.parents[1] / "bot/mail/pieces.bin").read_bytes()


def test_it_reads_a_mail_without_holding_the_tables_in_memory() -> None:
    code = """
import resource, sys
from bot.mail import language
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert language.detect("Wo bleibt mein Paket? Ich warte seit zwei Wochen.") == "de"
assert "numpy" not in sys.modules
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 8 * 1024  # kilobytes; the file has 4.7 MB
