"""Errors are named sentences: the class docstring is what a person reads.

A subclass adds `{placeholders}` to its docstring and is raised with their values:
`raise UnknownSupplier(name="Acme")`.
"""

import inspect

from bot.words import _


class SwitchboardError(Exception):
    """Something went wrong in Switchboard."""

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(self._template().format(**details))

    @classmethod
    def _template(cls) -> str:
        return inspect.cleandoc(cls.__doc__ or "")

    @property
    def sentence(self) -> str:
        """What a person reads, in the language spoken now."""
        return _(self._template()).format(**self.details)


class SettingsError(SwitchboardError):
    """Switchboard cannot start until this is put right:

    {problems}
    """  # noqa: D400 - the list that follows ends the sentence
