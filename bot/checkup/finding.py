"""What a look finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: well, or wrong with its remedy."""

    what: str
    problem: str = ""
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.problem
