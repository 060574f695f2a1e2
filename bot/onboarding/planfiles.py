"""Plan files: what may stand in one, and what a mistake in one is."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.words import _

_ONLY_BLANK = r"^\s*\{\{\s*blank:\s*[^{}]+?\s*\}\}\s*$"
_Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
# A Slack checkbox holds 75 characters.
_Title = Annotated[
    str, StringConstraints(min_length=3, max_length=72, strip_whitespace=True, pattern=r"^[^{}]*$")
]
_Number = float | Annotated[str, StringConstraints(pattern=_ONLY_BLANK)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class TaskPlan(_Part):
    """A task. `day`: the working day, 0 the first, -3 three before it."""

    key: _Key
    title: _Title
    day: int = Field(ge=-60, le=260)
    by: str = Field(default="hire", pattern=r"^(hire|manager|buddy|department:[a-z0-9-]+)$")
    about: str = Field(default="", max_length=700)
    chapter: str = ""


class ChapterPlan(_Part):
    """A chapter of the guide. `also`: words people may ask with that do not stand in it."""

    key: _Key
    title: _Title
    text: str = Field(min_length=10, max_length=9000)
    also: str = Field(default="", max_length=500)


class ObjectivePlan(_Part):
    """A number to be moved from `baseline` to `target` by a working day; it is asked on days `asks`."""

    key: _Key
    what: _Title
    unit: str = Field(default="", max_length=20)
    baseline: _Number
    target: _Number
    by: int = Field(ge=1, le=260)
    asks: tuple[int, ...] = Field(min_length=1, max_length=12)
    aim: Literal["product", "acquisition", "retention"]


class PlanFile(_Part):
    """A whole file."""

    name: _Title
    about: str = Field(default="", max_length=500)
    includes: tuple[_Key, ...] = ()
    tasks: tuple[TaskPlan, ...] = ()
    guide: tuple[ChapterPlan, ...] = ()
    objectives: tuple[ObjectivePlan, ...] = ()


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a file, and in which line."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return _("{file}, line {line}: {problem}").format(
            file=self.file, line=self.line, problem=self.sentence
        )
