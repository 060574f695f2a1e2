"""For the tests of mailboxes: a shop to which mail is brought by hand."""

import pytest_asyncio

from bot.storage.database import Database
from tests.mailboxes.post_room import PostRoom


@pytest_asyncio.fixture
async def room(database: Database) -> PostRoom:
    made = PostRoom(database)
    await made.opens()
    return made
