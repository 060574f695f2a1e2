"""The four weeks: every scene, in the order it is played."""

from tests.weeks import week1, week2, week3, week4
from tests.weeks.days import SCENES, Scene

WEEKS = (week1, week2, week3, week4)
STORY: tuple[Scene, ...] = tuple(SCENES)
