"""The pace: as fast as Slack allows, fair among channels, and still while Slack asks to wait."""

from collections import defaultdict, deque

import pytest

from jobs.pacing import CHANNEL, METHODS, Bucket, Channel, Pace


def play(pace: Pace, queue: list[str], kind: str = "slack.post") -> list[tuple[float, str]]:
    """Send what is queued (names of lanes) as the dispatcher does: the oldest of each lane that may go."""
    lanes: defaultdict[str, deque[int]] = defaultdict(deque)
    for number, lane in enumerate(queue):
        lanes[lane].append(number)
    now, sent = 0.0, []
    while any(lanes.values()):
        ready = {}
        for lane in sorted((one for one in lanes if lanes[one]), key=lambda one: lanes[one][0]):
            at = pace.ready_at(kind, lane, now)
            if at <= now:
                pace.take(kind, lane, now)
                lanes[lane].popleft()
                sent.append((now, lane))
                break
            ready[lane] = at
        else:
            now = min(ready.values())
    return sent


@pytest.mark.parametrize(("channels", "each"), [(1, 60), (3, 40), (40, 10), (200, 1)], ids=str)
def test_it_reaches_what_the_limits_allow(channels: int, each: int) -> None:
    queue = [f"C{channel}" for channel in range(channels) for _ in range(each)]
    took = play(Pace(), queue)[-1][0]

    per_minute, burst = METHODS["slack.post"]
    by_channel = (each - 1) / (CHANNEL[0] / 60) if each > CHANNEL[1] else 0.0
    by_workspace = (channels * each - burst) / (per_minute / 60)
    ideal = max(by_channel, by_workspace, 0.0)
    # At the end a few channels are left, and each may only have its one a second.
    assert took <= ideal * 1.05 + 0.01
    assert took >= ideal * 0.98 - 0.01


def test_it_never_exceeds_a_limit_in_any_minute() -> None:
    sent = play(Pace(), [f"C{number % 7}" for number in range(900)])
    for start, _ in sent[::50]:
        within = [lane for at, lane in sent if start <= at < start + 60]
        assert len(within) <= sum(METHODS["slack.post"])
        assert within.count("C3") <= sum(CHANNEL)


def test_it_pays_a_burst_back_before_it_goes_on() -> None:
    sent = [at for at, _ in play(Pace(), ["C1"] * 60)]
    assert sent[:6] == [0.0, 0.0, 0.0, 0.0, 4.0, 5.0]
    assert all(len([one for one in sent if at <= one < at + 10]) <= 10 for at in sent)


def test_it_goes_on_one_at_a_time_after_a_pause() -> None:
    pace = Pace()
    pace.pause("slack.post", "C1", 30.0)
    sent = [at for at, _ in play(pace, ["C1"] * 4)]
    assert sent == [30.0, 31.0, 32.0, 33.0]


def test_it_answers_two_at_once_every_few_seconds_for_ever() -> None:
    channel = Channel(*CHANNEL)
    for moment in range(0, 600, 4):
        for _ in range(2):
            assert channel.ready_at(moment) == moment
            channel.take(moment)


def test_it_has_the_whole_burst_again_after_some_quiet() -> None:
    channel = Channel(per_minute=60, burst=4)
    for _ in range(4):
        channel.take(0.0)
    assert channel.ready_at(0.0) == 4.0
    for _ in range(4):
        assert channel.ready_at(7.0) == 7.0
        channel.take(7.0)
    assert channel.ready_at(7.0) == 11.0


def test_it_does_not_let_a_full_channel_hold_up_another() -> None:
    sent = play(Pace(), ["C1"] * 50 + ["C2"])
    assert {lane: at for at, lane in reversed(sent)}["C2"] == 0.0


def test_it_sends_at_once_to_a_person_who_waits() -> None:
    assert [at for at, _ in play(Pace(), ["C1"] * CHANNEL[1])] == [0.0] * CHANNEL[1]


def test_it_holds_only_the_channel_slack_asked_about() -> None:
    pace = Pace()
    pace.pause("slack.post", "C1", 30.0)
    assert pace.ready_at("slack.post", "C1", 0.0) == 30.0
    assert pace.ready_at("slack.post", "C2", 0.0) == 0.0
    assert pace.ready_at("slack.update", "C1", 0.0) == 0.0


def test_it_holds_the_method_where_there_is_no_channel_limit() -> None:
    pace = Pace()
    pace.pause("slack.update", "C1", 30.0)
    assert pace.ready_at("slack.update", "C2", 0.0) == 30.0
    assert pace.ready_at("mail.send", "mail:1", 5.0) == 5.0


def test_it_does_not_save_up_more_than_a_burst() -> None:
    bucket = Bucket(per_minute=60, burst=4)
    for _ in range(4):
        bucket.take(1000.0)
    assert bucket.ready_at(1000.0) == 1001.0
    assert bucket.ready_at(1001.0) == 1001.0
