"""Taking what `pieces` needs out of py3langid's model: run `python -m bot.mail.pieces_source` after a change.

Its model knows some 140 languages and holds, for each of 100,000 states and each byte, the state that
follows: 65 MB in memory. A state is a known piece of text, and what follows is the longest known piece at the
end of what was read. That is told by the pieces alone, in 1.3 MB.
"""

from array import array
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE
from py3langid.modelio import load_model

from bot.arrays import write
from bot.mail.language import LANGUAGES
from bot.mail.pieces import FILE, NONE


def take(path: Path) -> None:
    """Write the file."""
    weights, before, languages, following, row_of, said = load_model(MODEL_DIR / MODEL_FILE)
    following, row_of = np.asarray(following).reshape(-1, 256), np.asarray(row_of)
    states, begins, letters, shorter = _pieces(following, row_of)
    columns = [at for at, language in enumerate(languages) if language in LANGUAGES]
    features = array("I", (NONE if (feature := said[state]) < 0 else feature for state in states))
    # Half of the lines stand there twice: of pieces seen in one language only, and as often.
    bits = np.ascontiguousarray(weights[:, columns], np.float16).view(np.uint16)
    lines, line_of = np.unique(bits, axis=0, return_inverse=True)
    arrays = {
        "begins": ("I", begins.tobytes()),
        "shorter": ("I", shorter.tobytes()),
        "features": ("I", features.tobytes()),
        "line_of": ("H", line_of.astype(np.uint16).tobytes()),
        "letters": ("B", bytes(letters)),
        "before": ("f", before[columns].astype(np.float32).tobytes()),
        "weights": ("e", lines.tobytes()),
    }
    write(
        path,
        arrays,
        {"languages": [languages[at] for at in columns], "source": f"py3langid {version('py3langid')}"},
    )


def _pieces(following: Any, row_of: Any) -> tuple[list[int], "array[int]", bytearray, "array[int]"]:
    """Give the states as they are numbered anew, the shorter pieces first; begins, letters and shorter."""
    states, number = [0], {0: 0}
    begins, letters, shorter = array("I"), bytearray(1), array("I", [0])
    for piece, state in enumerate(states):  # which grows meanwhile
        begins.append(len(states))
        after = following[row_of[state]].tolist()
        rest = following[row_of[states[shorter[piece]]]].tolist()
        for letter in range(256):
            if after[letter] in number:
                continue
            number[after[letter]] = len(states)
            states.append(after[letter])
            letters.append(letter)
            shorter.append(number[rest[letter]] if piece else 0)
    begins.append(len(states))
    return states, begins, letters, shorter


if __name__ == "__main__":
    take(FILE)
