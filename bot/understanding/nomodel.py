"""No language model: every question has the same honest answer."""

from collections.abc import Mapping

from bot.ports import (
    Answer,
    Choice,
    Found,
    NoAnswer,
    ToClassify,
    ToDraft,
    ToExtract,
    ToSummarise,
    ToTranslate,
    Unavailable,
)
from bot.words import _


def _none() -> Unavailable:
    return Unavailable(NoAnswer.NO_MODEL, _("No language model is set up."))


class NoModel:
    """Stands where a model would; the bot does its whole job without one."""

    async def classify(self, request: ToClassify) -> Answer[Choice]:  # noqa: ARG002 - the port's signature
        """Say that there is none."""
        return _none()

    async def extract(self, request: ToExtract) -> Answer[Mapping[str, Found]]:  # noqa: ARG002
        """Say that there is none."""
        return _none()

    async def summarise(self, request: ToSummarise) -> Answer[tuple[str, ...]]:  # noqa: ARG002
        """Say that there is none."""
        return _none()

    async def draft(self, request: ToDraft) -> Answer[str]:  # noqa: ARG002
        """Say that there is none."""
        return _none()

    async def translate(self, request: ToTranslate) -> Answer[str]:  # noqa: ARG002
        """Say that there is none."""
        return _none()
