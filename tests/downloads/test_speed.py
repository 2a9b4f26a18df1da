"""A minimum speed and a deadline, in virtual time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.downloads.fakes import GET, FakeCaller, FakeReply, Piece
from tests.faults.tools.leftovers import files, left_behind
from tests.virtual_time import virtual
from vaultio.config import Config
from vaultio.downloads import open_stream, save
from vaultio.downloads.speed import Speed
from vaultio.errors import StalledError

CONFIG = Config(minimum_bytes_per_s=100, stall_s=10, download_timeout_s=1000)


def pause(seconds: float) -> Callable[[], Awaitable[object]]:
    """Make a piece that takes its time."""
    return partial(anyio.sleep, seconds)


def body(*pieces: Piece, times: int = 1) -> FakeCaller:
    """Make a caller whose one reply brings these pieces, several times over."""
    return FakeCaller([FakeReply(pieces * times)], config=CONFIG)


@pytest.mark.parametrize("fills", [True, False])
@virtual
async def test_a_body_that_stops(tmp_path: Path, fills: bool) -> None:
    """Nothing for `stall_s` is a `StalledError`, no sooner and no later."""
    reply = FakeReply([bytes(10_000), pause(3600)], fills=fills)
    caller = FakeCaller([reply], config=CONFIG)
    with pytest.raises(StalledError, match=r"slower than 100 bytes/s for 10 s"):
        await save(caller, GET, tmp_path, fallback_name="f")

    assert anyio.current_time() == pytest.approx(10)
    assert files(tmp_path) == {}
    assert left_behind(tmp_path, caller) == []


@virtual
async def test_a_body_that_drips(tmp_path: Path) -> None:
    """A byte now and then is not enough."""
    with pytest.raises(StalledError):
        await save(body(b"x", pause(1), times=100), GET, tmp_path, fallback_name="f")

    assert anyio.current_time() == pytest.approx(10, abs=1)


@virtual
async def test_a_slow_body_that_is_fast_enough(tmp_path: Path) -> None:
    """What keeps the minimum arrives, with pauses shorter than `stall_s` too."""
    saved = await save(body(bytes(1000), pause(9), times=50), GET, tmp_path, fallback_name="f")

    assert saved.size == 50_000
    assert anyio.current_time() == pytest.approx(450)


@virtual
async def test_the_deadline(tmp_path: Path) -> None:
    """A file that keeps the minimum for ever is ended by its deadline."""
    with pytest.raises(StalledError, match="not there after 1000 s"):
        await save(body(bytes(1000), pause(1), times=5000), GET, tmp_path, fallback_name="f")

    assert anyio.current_time() == pytest.approx(1000)


@virtual
async def test_no_limits(tmp_path: Path) -> None:
    """A minimum of 0 and no deadline wait for as long as it takes."""
    caller = body(b"x", pause(1_000_000), b"y")
    caller.config = Config(minimum_bytes_per_s=0, download_timeout_s=None)
    saved = await save(caller, GET, tmp_path, fallback_name="f")

    assert saved.size == 2


@virtual
async def test_a_slow_reader_is_not_a_slow_server() -> None:
    """Time that the user of a stream takes between two chunks does not count."""
    async with open_stream(body(b"a", b"b", b"c"), GET) as stream:
        async for _ in stream:
            await anyio.sleep(100)

    assert anyio.current_time() == pytest.approx(300)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0.01, 30), st.integers(0, 3000)), max_size=40))
def test_speed_over_any_window(chunks: list[tuple[float, int]]) -> None:
    """Patience ends exactly when a whole window held too little; a window is 10 s, to 5 %."""
    speed, now, log = Speed(100, 10), 0.0, [(0.0, 0)]
    for pause_s, size in chunks:
        until = now + speed.patience(now)
        had = sum(part for when, part in log if when > until - 10 + 1e-6)
        slack = sum(part for when, part in log if until - 10 < when <= until - 10 + 0.6)
        assert until >= 10 - 1e-6
        assert had - slack < 1000
        now = min(now + pause_s, until)
        log.append((now, size))
        speed.note(now, size)
