"""From shares of certainty to a verdict: which category, and how sure."""

import numpy as np

from bot.triage.engine.examples import OTHER
from bot.triage.engine.weights import Scores

# How much of the verdict on an English sentence is the sentence model's, where there is one.
BLEND = 0.5
# Below the confidence at which nine in ten are right, a person is asked.
SURE = 0.9


def margin(said: Scores, outside: float) -> tuple[int, float]:
    """Give the winner and its lead over the second; `other` starts with what was set for it."""
    raised = said.copy()
    raised[OTHER] += outside
    first, second = np.argsort(raised)[::-1][:2]
    return int(first), float(raised[first] - raised[second])


def confidence(lead: float, certainty: Scores) -> float:
    """Give the share that was right at this lead when the examples were left out one by one."""
    return float(np.interp(lead, certainty[:, 0], certainty[:, 1]))
