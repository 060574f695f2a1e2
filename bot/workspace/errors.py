"""How the local workspace says no: Slack's error names on the Web API, sentences on the control API."""

from typing import Any


class ApiError(Exception):
    """A refusal by one of Slack's names, with whatever else the answer carries."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code, self.more = code, more


class Refused(Exception):
    """A refusal in words, for whoever uses the control API. `status` is the HTTP status."""

    def __init__(self, sentence: str, status: int = 400, **more: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.status, self.more = sentence, status, more
