"""`switchboard check`: all that is wrong with a set-up, at once, each with its remedy. It changes nothing."""

from bot.checkup.everything import findings, of_environment
from bot.checkup.finding import Finding

__all__ = ["Finding", "findings", "of_environment"]
