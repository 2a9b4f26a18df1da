"""Real processes, real clocks, a real server: together they keep to the quota, and use it.

The short proofs run always; those of a minute are marked heavy.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.limiter.server import worst_window
from tests.processes.counting_server import Settings, Tally
from tests.processes.crowd import Crowd, Server, another_spender, serving
from tests.processes.worker import Job
from tests.redis_server import RedisServer

pytestmark = pytest.mark.alone

WORKERS = 4
SETTLED_S = 3.0
"""Processes start one after the other; what they use is reckoned from then on."""


@pytest.fixture(params=["sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name a store that no one has used: a file, a server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/quota.db"
        return
    with RedisServer() as server:
        yield server.url


def crowd(server: Server, store: str, *, ahead_s: float = 0.0) -> Crowd:
    """Make workers whose clocks are *ahead_s* seconds apart."""
    return Crowd([Job(server.url, store, clock_ahead_s=n * ahead_s) for n in range(WORKERS)])


def use(tally: Tally, settings: Settings) -> float:
    """Say which part of the limit was used, from a while after the first call to the last one."""
    begin_s = tally.times[0] + SETTLED_S
    counted = sum(time_s > begin_s for time_s in tally.times)
    return counted * settings.window_s / settings.limit / (tally.times[-1] - begin_s)


def watch(store: str, settings: Settings, seconds: float, *, ahead_s: float = 0.0) -> Tally:
    """Let four processes call as fast as they may for so long."""
    with serving(settings) as server, crowd(server, store, ahead_s=ahead_s):
        time.sleep(seconds)
    return server.tally


def test_four_processes_keep_to_the_quota(store: str) -> None:
    """And use it, for a few seconds, in which a machine may stall; the next one says how well."""
    settings = Settings()

    tally = watch(store, settings, 10)

    assert worst_window(tally.times, settings.window_s) <= settings.limit
    assert use(tally, settings) > 0.5


@pytest.mark.heavy
def test_four_processes_use_the_quota_for_a_minute(store: str) -> None:
    """At least 93 % of it, though every token is out for its call's latency too."""
    settings = Settings()

    tally = watch(store, settings, 64)

    assert worst_window(tally.times, settings.window_s) <= settings.limit
    assert use(tally, settings) >= 0.93


@pytest.mark.heavy
def test_clocks_that_differ(tmp_path: Path) -> None:
    """The server's time counts, not that of workers whose clocks are 5 s apart."""
    settings = Settings()

    with RedisServer() as redis:
        tally = watch(redis.url, settings, 64, ahead_s=5.0)

    assert worst_window(tally.times, settings.window_s) <= settings.limit
    assert use(tally, settings) >= 0.93


@pytest.mark.heavy
def test_a_worker_killed_each_second(store: str) -> None:
    """The tokens of the dead come back, not too early and not too late."""
    settings = Settings()

    with serving(settings) as server, crowd(server, store) as workers:
        time.sleep(SETTLED_S)
        workers.kill_in_turn(60)

    assert worst_window(server.tally.times, settings.window_s) <= settings.limit
    assert use(server.tally, settings) >= 0.93


@pytest.mark.heavy
@pytest.mark.parametrize("reaction", ["delay", "refuse"])
@pytest.mark.parametrize("windows", ["fixed", "sliding"])
def test_another_program_spends_too(store: str, windows: str, reaction: str) -> None:
    """Fewer than 1 % of our calls feel the limit beside a program that makes two in a second."""
    settings = Settings(windows=windows, reaction=reaction)  # type: ignore[arg-type] # of a list

    with serving(settings) as server, crowd(server, store), another_spender(server.url, 2):
        time.sleep(62)

    assert server.tally.throttled < 0.01 * len(server.tally.times)
    assert len(server.tally.others) > 100


def test_a_flush_in_the_middle_is_no_second_quota() -> None:
    """Redis forgets everything while four processes are busy."""
    settings = Settings()

    with RedisServer() as redis, serving(settings) as server, crowd(server, redis.url):
        time.sleep(6)
        redis.flush()
        time.sleep(6)

    assert worst_window(server.tally.times, settings.window_s) <= settings.limit
    assert len(server.tally.times) > 120  # of 360: also a slow machine goes on after it


@pytest.mark.heavy
def test_redis_killed_for_five_seconds() -> None:
    """Nothing goes uncounted: whoever waits is told within seconds what is the matter."""
    settings = Settings()

    with RedisServer() as redis, serving(settings) as server:
        with crowd(server, redis.url) as workers:
            time.sleep(8)
            redis.kill()
            killed_s = time.time()
            time.sleep(5)
            redis.restart()
            time.sleep(12)
    told_s = [json.loads(line)[0] for out in workers.printed for line in out.splitlines()]

    assert worst_window(server.tally.times, settings.window_s) <= settings.limit
    assert killed_s < min(told_s) < killed_s + 3
    assert server.tally.times[-1] - server.tally.times[0] > 20


@pytest.mark.heavy
def test_redis_killed_for_five_seconds_with_a_share() -> None:
    """Each worker goes on with its part; together they keep to the whole, then and afterwards."""
    settings = Settings()

    with RedisServer() as redis, serving(settings) as server:
        with crowd(server, f"{redis.url}?share={WORKERS}") as workers:
            time.sleep(8)
            redis.kill()
            time.sleep(5)
            redis.restart()
            time.sleep(12)

    assert worst_window(server.tally.times, settings.window_s) <= settings.limit
    assert workers.printed == [""] * WORKERS
