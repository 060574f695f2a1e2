"""Brings the catalogues up to date: `python -m tests.words.update`.

Translations are kept, new sentences stand there empty, and what nobody says any longer goes.
"""

import io
import sys
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from bot import words
from tests.words.extraction import ROOT, Found, extract

FOLDER = ROOT / "bot" / "translations"
_HEADER = """\
# What Switchboard says, in {name}. `python -m tests.words.update` keeps the sentences up to date.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plurals}\\n"

"""


def template(found: Found) -> Catalog:
    """Give a catalogue without translations."""
    catalogue = Catalog()
    for sentence in found.sentences.values():
        text = (sentence.text, sentence.many) if sentence.many else sentence.text
        catalogue.add(text, locations=[(file, 1) for file in sorted(sentence.files)])
    return catalogue


def updated(path: Path, found: Found) -> str:
    """Give the text of a catalogue that has exactly the sentences `found`, and the translations there are."""
    language = path.stem
    old = path.read_text("utf-8") if path.exists() else ""
    catalogue = read_po(io.StringIO(old), locale=language)
    catalogue.update(template(found), no_fuzzy_matching=True, update_creation_date=False)
    text = io.BytesIO()
    write_po(
        text,
        catalogue,
        width=0,
        sort_output=True,
        omit_header=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    name = catalogue.locale.english_name if catalogue.locale else language
    header = _HEADER.format(name=name, language=language, plurals=catalogue.plural_forms)
    return header + text.getvalue().decode().strip() + "\n"


def main() -> None:
    """Write every catalogue anew, and say what still has to be translated."""
    found = extract()
    for language in words.SPOKEN[1:]:
        path = FOLDER / f"{language}.po"
        path.write_text(updated(path, found), "utf-8")
        empty = [entry for entry in words.entries(path.read_text("utf-8")) if not all(entry.forms)]
        sys.stdout.write(f"{path.name}: {len(found.sentences)} sentences, {len(empty)} to translate\n")


if __name__ == "__main__":
    main()
