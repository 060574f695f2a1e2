"""Errors are named sentences: the class docstring is what a person reads.

A subclass adds `{placeholders}` to its docstring and is raised with their values:
`raise UnknownSupplier(name="Acme")`.
"""

import inspect


class SwitchboardError(Exception):
    """Something went wrong in Switchboard."""

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(inspect.cleandoc(type(self).__doc__ or "").format(**details))

    @property
    def sentence(self) -> str:
        """What a person reads."""
        return str(self)


class SettingsError(SwitchboardError):
    """Switchboard cannot start until this is put right:

    {problems}
    """  # noqa: D400 - the list that follows ends the sentence
