"""A body cut short: going on where that is sure to be right, else from zero, and not for ever."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from tests.downloads.fakes import (
    CHECK_OUT,
    GET,
    FakeCaller,
    FakeReply,
    checksum,
    cut,
    rest,
    whole,
)
from tests.faults.tools.leftovers import files
from tests.virtual_time import virtual
from vaultio.config import Config
from vaultio.downloads import SavedFile, save
from vaultio.errors import ConnectionLostError, InvalidDataError, TruncatedError
from vaultio.protocol.request import Repeat, Request

LOST = ConnectionLostError("reset by peer")
DATA = b"0123456789"


async def fetch(to: Path, *replies: FakeReply | Exception) -> tuple[SavedFile, FakeCaller]:
    """Save from these replies to ``f``; the bytes must be right."""
    caller = FakeCaller(replies, config=Config(always_md5=True))
    saved = await save(caller, GET, to / "f", fallback_name="f")
    assert files(to) == {"f": DATA}
    assert saved.md5 == checksum(DATA).md5
    return saved, caller


@virtual
async def test_a_cut_body_goes_on(tmp_path: Path) -> None:
    """Where the server serves ranges only the rest is fetched, and the whole is checked."""
    saved, caller = await fetch(
        tmp_path, cut(DATA[:4], LOST, length=10), rest(DATA[4:], 4, 10), whole(b"not asked")
    )

    assert caller.header("range") == [None, "bytes=4-"]
    assert (saved.restarts, saved.verified) == (0, "length")


@virtual
async def test_a_second_cut_goes_on_from_there(tmp_path: Path) -> None:
    """Every try starts where the last one ended."""
    second = FakeReply(
        [DATA[4:7], LOST], status=206, headers={"content-range": "bytes 4-9/10"}, length=6
    )
    _, caller = await fetch(tmp_path, cut(DATA[:4], LOST, length=None), second, rest(b"789", 7, 10))

    assert caller.header("range") == [None, "bytes=4-", "bytes=7-"]


@virtual
async def test_a_server_that_gives_only_pieces(tmp_path: Path) -> None:
    """Pieces that end in order, as file staging's at 50 MB, cost no try, however many."""
    pieces = [rest(DATA[at : at + 1], at, 10) for at in range(3, 10)]
    saved, caller = await fetch(tmp_path, cut(DATA[:3], LOST, length=10), *pieces)

    assert len(caller.requests) == 8
    assert saved.restarts == 0


@pytest.mark.parametrize(
    "reply",
    [
        rest(DATA[5:], 5, 10),  # from elsewhere
        rest(DATA[4:], 4, 11),  # of another size
        rest(DATA[4:], 4, 10, etag="new"),
        rest(DATA[4:], 4, 10),  # the ETag is gone
        FakeReply([DATA[4:]], status=206),  # no Content-Range
        FakeReply([DATA[4:]], status=206, headers={"content-range": "bytes 4-9/"}),
        FakeReply([DATA[4:]], headers={"content-range": "bytes 4-9/10"}),  # 200
        rest(DATA[4:], 4, 10, etag="old", **{"content-encoding": "gzip"}),
        InvalidDataError("no ranges here"),
    ],
)
def test_a_rest_that_may_not_fit_is_not_used(tmp_path: Path, reply: FakeReply) -> None:
    """If anything speaks against it, the file is fetched from zero, without a range."""

    @virtual
    async def run() -> None:
        first = cut(DATA[:4], LOST, length=10, etag="old")
        saved, caller = await fetch(tmp_path, first, reply, whole(DATA))
        assert caller.header("range") == [None, "bytes=4-", None]
        assert saved.restarts == 1

    run()


@virtual
async def test_a_rest_under_the_status_200(tmp_path: Path) -> None:
    """Which status a rest comes with is not documented: Content-Range says what it is."""
    second = FakeReply([DATA[4:]], headers={"content-range": "bytes 4-9/10"})
    saved, _ = await fetch(tmp_path, cut(DATA[:4], LOST, length=10), second)
    assert saved.restarts == 0


def rest_and_cut(data: bytes, start: int, total: int) -> FakeReply:
    """Make the reply that announces everything from *start* on and is cut after *data*."""
    headers = {"content-range": f"bytes {start}-{total - 1}/{total}"}
    return FakeReply([data, LOST], status=206, headers=headers)


@virtual
async def test_cuts_of_a_large_file_cost_no_try_while_it_moves_on(tmp_path: Path) -> None:
    """A file that is cut every 16 MiB arrives, however many cuts it takes."""
    step, count = 16 * 1024 * 1024, 6
    block, size = bytes(step), step * count
    cuts = [rest_and_cut(block, at, size) for at in range(step, size - step, step)]
    first, last = cut(block, LOST, length=size), rest(block, size - step, size)
    caller = FakeCaller([first, *cuts, last])
    saved = await save(caller, GET, tmp_path / "f", fallback_name="f")
    assert (saved.size, len(caller.requests)) == (size, count)


@virtual
async def test_a_server_that_knows_no_ranges(tmp_path: Path) -> None:
    """A 200 to a range is the whole file again: it is used from its first byte."""
    saved, caller = await fetch(tmp_path, cut(DATA[:4], LOST, length=10), whole(DATA))

    assert caller.header("range") == [None, "bytes=4-"]
    assert saved.restarts == 1


@virtual
async def test_a_file_that_changed_meanwhile(tmp_path: Path) -> None:
    """A whole file of another size is taken as it is."""
    saved, _ = await fetch(tmp_path, cut(b"the old file", LOST, length=99), whole(DATA))

    assert saved.size == 10


@virtual
async def test_compressed_bodies_start_over(tmp_path: Path) -> None:
    """A place in a compressed body is not a place in the file."""
    first = cut(DATA[:4], LOST, length=None, **{"content-encoding": "gzip"})
    _, caller = await fetch(tmp_path, first, whole(DATA))

    assert caller.header("range") == [None, None]


@virtual
async def test_an_unknown_length_is_learnt_from_the_rest(tmp_path: Path) -> None:
    """A chunked body has no length; the ``Content-Range`` of its rest tells it."""
    saved, _ = await fetch(tmp_path, cut(DATA[:4], LOST, length=None), rest(DATA[4:], 4, 10))

    assert saved.verified == "length"


@virtual
async def test_a_rest_of_nobody_knows_what(tmp_path: Path) -> None:
    """If neither reply tells the size of the file, nobody knows whether the rest is all."""
    first = cut(DATA[:4], LOST, length=None)
    saved, _ = await fetch(tmp_path, first, rest(DATA[4:], 4, "*"), whole(DATA))

    assert saved.restarts == 1


@virtual
async def test_a_short_body_is_cut_as_well(tmp_path: Path) -> None:
    """An end before the announced length is a cut, even if the transport saw none."""
    saved, _ = await fetch(tmp_path, FakeReply([DATA[:4]], length=10), rest(DATA[4:], 4, 10))

    assert saved.restarts == 0


@virtual
async def test_a_silent_cut_is_seen_by_the_size_vault_knows(tmp_path: Path) -> None:
    """Without an announced length Vault's own size tells that bytes are missing."""
    caller = FakeCaller([FakeReply([DATA[:4]]), rest(DATA[4:], 4, 10)])
    saved = await save(caller, GET, tmp_path / "f", fallback_name="f", expected=checksum(DATA))

    assert (saved.size, saved.verified) == (10, "md5")


@virtual
async def test_giving_up(tmp_path: Path) -> None:
    """After `max_tries` the error names file, bytes and tries; nothing is left."""
    caller = FakeCaller([cut(DATA[:4], LOST, length=10)], config=Config(max_tries=3))
    with pytest.raises(TruncatedError, match=r"plan: 4 of 10 bytes arrived by try 3; .*reset"):
        await save(caller, GET, f"{tmp_path}/plan", fallback_name="f")

    assert len(caller.requests) == 3
    assert anyio.current_time() == 0.5 + 1.0
    assert files(tmp_path) == {}


@virtual
async def test_what_must_not_happen_twice_is_not_repeated(tmp_path: Path) -> None:
    """A cut check-out is told at once."""
    caller = FakeCaller([cut(DATA[:4], LOST, length=10), whole(DATA)])
    with pytest.raises(TruncatedError, match="by try 1"):
        await save(caller, CHECK_OUT, tmp_path / "f", fallback_name="f")

    assert len(caller.requests) == 1


@virtual
async def test_a_check_out_goes_on_with_the_request_for_that(tmp_path: Path) -> None:
    """The effect happens once; the bytes come by the request that only reads."""
    caller = FakeCaller([cut(DATA[:4], LOST, length=10), rest(DATA[4:], 4, 10)])
    await save(caller, CHECK_OUT, tmp_path / "f", fallback_name="f", resume=GET)

    assert [request.query for request in caller.requests] == [CHECK_OUT.query, GET.query]
    assert caller.header("range") == [None, "bytes=4-"]


@virtual
async def test_progress_goes_back_with_the_bytes(tmp_path: Path) -> None:
    """A start from zero is told as such."""
    told: list[int] = []
    caller = FakeCaller([cut(bytes(300_000), LOST, length=500_000), whole(bytes(500_000))])
    await save(
        caller, GET, tmp_path / "f", fallback_name="f", progress=lambda done, _: told.append(done)
    )

    assert told == [0, 300_000, 0, 500_000]


@virtual
async def test_a_range_of_the_callers_own(tmp_path: Path) -> None:
    """Who asks for a part gets the part; it is never mixed with ranges of ours."""
    part = Request(method="GET", path=GET.path, headers={"Range": "bytes=0-3"}, repeat=Repeat.SAFE)
    caller = FakeCaller([cut(DATA[:2], LOST, length=4), rest(DATA[:4], 0, 10)])
    saved = await save(caller, part, tmp_path / "f", fallback_name="f")

    assert (saved.size, saved.verified) == (4, "length")
    assert caller.header("range") == ["bytes=0-3", "bytes=0-3"]


@virtual
async def test_a_part_that_nobody_asked_for(tmp_path: Path) -> None:
    """A 206 to a request for everything is no file."""
    caller = FakeCaller([rest(DATA[4:], 4, 10)])
    with pytest.raises(TruncatedError, match="not the part"):
        await save(caller, GET, tmp_path / "f", fallback_name="f")

    assert files(tmp_path) == {}
