"""A thread of one's own can be begun again, even while one that was closed still hangs."""

import asyncio
import threading

from bot.gateways.threads import OwnThread


async def test_it_works_on_after_a_thread_that_hung_was_closed() -> None:
    own, free, done = OwnThread("mailbox of a test"), threading.Event(), threading.Event()
    hang = asyncio.create_task(own.call(free.wait, 20))
    await asyncio.sleep(0)
    own.post(done.set)
    await own.close(0.05)
    try:
        async with asyncio.timeout(5):
            assert [await own.call(str, number) for number in range(3)] == ["0", "1", "2"]
            assert not done.is_set()
    finally:
        free.set()
    async with asyncio.timeout(5):
        assert await hang
        await asyncio.to_thread(done.wait)
        assert await own.call(lambda: "still here") == "still here"
    await own.close()
