"""Regular expressions that are compiled where they are first used: all at once take a tenth of a start."""

import re
from typing import Any, cast


class _Later:
    """Stands for a compiled pattern until something of it is asked for."""

    def __init__(self, source: str, flags: re.RegexFlag) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._source, self._flags), name)
        # The next time it is found at once.
        setattr(self, name, found)
        return found


def lazy(source: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Give what can be used as `re.compile(source, flags)` can, but for handing it to functions of `re`."""
    return cast("re.Pattern[str]", _Later(source, flags))
