"""A model's server, and models that ask it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest_asyncio

from bot.gateways.llm import OpenAIModel
from bot.understanding.settings import ModelSettings
from tests.understanding.model_server import ModelServer, running


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with running() as server:
        yield server


@pytest_asyncio.fixture
async def settings_for(server: ModelServer) -> Callable[..., ModelSettings]:
    def settings_for(**changes: Any) -> ModelSettings:
        return ModelSettings(**{"model": "small", "base_url": server.url, "pause": 0.01, **changes})

    return settings_for


@pytest_asyncio.fixture
async def make(settings_for: Callable[..., ModelSettings]) -> AsyncIterator[Callable[..., OpenAIModel]]:
    async with AsyncExitStack() as stack:

        def make(**changes: Any) -> OpenAIModel:
            model = OpenAIModel(settings_for(**changes))
            stack.push_async_callback(model.close)
            return model

        yield make
