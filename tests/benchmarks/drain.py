"""A full outbox leaving at the rate Slack allows: a message a second and channel, over several channels.

The workspace holds to Slack's limits, short bursts included: who is too fast is told to wait. Ours is how
many messages a second arrived from the first to the last, theirs what Slack grants: one a second and channel.
"""

from collections import Counter
from pathlib import Path

from bot.clock import monotonic
from bot.storage import outbox
from bot.storage.database import Database
from bot.workspace.limits import CHANNEL_A_MINUTE
from tests.benchmarks.figures import Figure, Step, Target
from tests.benchmarks.stage import Stage, staged
from tests.patience import until

# 4 a second stay below the 300 a minute of all channels together.
CHANNELS, EACH = 4, 60
_MARK = "drain"


async def drain(directory: Path, step: Step, *, each: int = EACH) -> list[Figure]:
    """Measure messages a second, from the first to the last that the workspace took."""
    async with staged(directory) as stage:
        channels = [
            one["id"]
            for one in stage.workspace.world.channels.values()
            if stage.workspace.world.bot_user_id in one["members"] and not one["is_im"]
        ][:CHANNELS]
        await _fill(stage, channels, each)
        taken = await _watch(stage, len(channels) * each, step)
    pair = (len(channels) * (each - 1) / taken, len(channels) * CHANNEL_A_MINUTE / 60)
    return [
        Figure("drain", f"{each} messages in each of {len(channels)} channels", "the rate Slack allows", "/s",
               (pair,), Target("≥", 0.97))
    ]  # fmt: skip


async def _fill(stage: Stage, channels: list[str], each: int) -> None:
    database = Database(stage.settings["database_url"])
    async with database.write() as session:
        for number in range(each):
            for channel in channels:
                payload = {"channel": channel, "text": f"{_MARK} {number}"}
                await outbox.add(
                    session, outbox.Draft(f"{_MARK}:{channel}:{number}", "slack.post", channel, payload)
                )
    await database.dispose()


async def _watch(stage: Stage, count: int, step: Step) -> float:
    """Run the bot until everything is there, once and in order; the seconds from first to last."""
    first = 0.0
    await stage.ours()

    def said() -> Counter[str]:
        messages = stage.workspace.world.messages.items()
        return Counter(
            f"{channel} {one['text']}"
            for channel, several in messages
            for one in several
            if one.get("text", "").startswith(_MARK)
        )

    def all_there() -> bool:
        nonlocal first
        there = said()
        if there and not first:
            first = monotonic()
        step(f"drain: {len(there)} of {count}")
        return len(there) >= count

    await until(all_there, within=count + 60)
    taken = monotonic() - first
    if doubled := [text for text, times in said().items() if times > 1]:
        raise RuntimeError(f"said twice: {doubled}")
    return taken
