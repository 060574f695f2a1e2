"""From shares of certainty to a verdict: which category, and how sure."""

from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter

from bot.triage.engine.categories import OTHER
from bot.triage.engine.weights import Certainty

# How much of the verdict on an English sentence is the sentence model's, where there is one.
BLEND = 0.5
# Below the confidence at which nine in ten are right, a person is asked.
SURE = 0.9


def margin(said: Sequence[float], outside: float) -> tuple[int, float]:
    """Give the winner and its lead over the second; `other` starts with what was set for it."""
    raised = list(said)
    raised[OTHER] += outside
    second, first = sorted(range(len(raised)), key=raised.__getitem__)[-2:]
    return first, raised[first] - raised[second]


def confidence(lead: float, certainty: Certainty) -> float:
    """Give the share that was right at this lead when the examples were left out one by one."""
    after = bisect_right(certainty, lead, key=itemgetter(0))
    if after in {0, len(certainty)}:
        return float(certainty[max(after - 1, 0)][1])
    (left, low), (right, high) = certainty[after - 1], certainty[after]
    return float(low + (high - low) * (lead - left) / (right - left))
