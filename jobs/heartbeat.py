"""Life signs to an address outside: one a minute, only while the bot is well by the judgement of /healthz."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.errors import SwitchboardError
from bot.pulse import Pulse
from jobs import runner

log = logging.getLogger(__name__)


class LifeSigns:
    """Beats every `every` seconds of real time while `problem` gives ""; a failure hurts nobody.

    Every replica beats: the address falls silent when the last one does.
    """

    def __init__(
        self, problem: Callable[[], Awaitable[str]], beat: Callable[[], Awaitable[None]], *, every: float
    ) -> None:
        self._problem, self._beat, self._every = problem, beat, every
        self._stopping = asyncio.Event()
        self._said = ""
        self.pulse = Pulse()

    async def run(self) -> None:
        """Beat until `stop`."""
        stopped = asyncio.create_task(self._stopping.wait())
        while not self._stopping.is_set():
            self.pulse.beat(self._every)
            once = asyncio.create_task(runner.attempt("the heartbeat to outside", self._once()))
            await asyncio.wait({once, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not once.done():  # the bot stops within seconds, however slow the outside is
                once.cancel()
                with suppress(asyncio.CancelledError):
                    await once
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(stopped), self._every)

    async def stop(self) -> None:
        """Beat no more."""
        self._stopping.set()

    async def _once(self) -> None:
        if problem := await self._problem():
            self._say(f"no heartbeat to outside: the bot is not well ({problem})")
            return
        try:
            await self._beat()
        except SwitchboardError as error:
            self._say(error.sentence)
        else:
            self._say("")

    def _say(self, sentence: str) -> None:
        """Log what is new: the same every minute would hide everything else."""
        if sentence and sentence != self._said:
            log.warning("%s", sentence)
        elif self._said and not sentence:
            log.info("the heartbeat reaches the outside again")
        self._said = sentence
