"""Getting into a mailbox, by password or by token; and a connection for a while, for what is no watching."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.gateways.imap_connection import Account, Connection
from bot.gateways.imap_problems import SignInRefused
from bot.gateways.threads import OwnThread

# Gives the token to sign in with, and is told the one that was refused ("" when none was).
SignIn = Callable[[str], Awaitable[str]]


async def get_in(line: Connection, thread: OwnThread, sign_in: SignIn | None) -> None:
    """Connect and sign in."""
    if sign_in is None:
        await thread.call(line.connect, line.account.password)
        return
    token = await sign_in("")
    try:
        await thread.call(line.connect, "", token)
    except SignInRefused:
        # It may have been taken back before its time: once more with a fresh one.
        await thread.call(line.disconnect)
        await thread.call(line.connect, "", await sign_in(token))


@asynccontextmanager
async def connected(account: Account, sign_in: SignIn | None) -> AsyncIterator[tuple[Connection, OwnThread]]:
    """Be connected inside this block; the connection's methods are called in its thread."""
    line, thread = Connection(account), OwnThread(f"mailbox {account.address}, for a while")
    try:
        await get_in(line, thread, sign_in)
        yield line, thread
    except BaseException:
        line.interrupt()
        raise
    finally:
        thread.post(line.close)
        await thread.close()
