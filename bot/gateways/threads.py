"""A thread of one's own for blocking calls, one after the other."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Jobs = SimpleQueue[Callable[[], None] | None]


class OwnThread:
    """It begins with its first call and ends with `close`; one that hangs does not hold up our end."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: Jobs = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` there and give its result. Cancelling it stops the waiting, not the work once begun."""
        done: Future[T] = Future()

        def job() -> None:
            if not done.set_running_or_notify_cancel():
                return
            try:
                done.set_result(work(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - handed to whoever waits
                done.set_exception(error)

        self.post(job)
        return await asyncio.wrap_future(done)

    def post(self, job: Callable[[], None]) -> None:
        """Have it done after what is being done, without waiting for it."""
        if self._thread is None:
            # One that was closed while it hung has its own queue still, with its end in it.
            self._jobs = SimpleQueue()
            self._thread = threading.Thread(target=_work, args=(self._jobs,), name=self._name, daemon=True)
            self._thread.start()
        self._jobs.put(job)

    async def close(self, patience: float = 3.0) -> None:
        """End it after what it still has to do; wait `patience` seconds for that."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        last: Future[None] = Future()
        self._jobs.put(lambda: last.set_result(None))
        self._jobs.put(None)
        done, _ = await asyncio.wait({asyncio.wrap_future(last)}, timeout=patience)
        if done:
            thread.join()


def _work(jobs: Jobs) -> None:
    while (job := jobs.get()) is not None:
        job()
