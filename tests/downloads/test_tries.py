"""How often a file is tried, after which pauses, and out of whose budget; what a target is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from attrs import define, field

from tests.downloads.fakes import CHECK_OUT, GET, FakeCaller, FakeReply, cut, rest
from tests.virtual_time import virtual
from vaultio.config import Config
from vaultio.downloads import Checksum, OnExists, save
from vaultio.downloads.fetch import for_file
from vaultio.downloads.target import Target
from vaultio.errors import (
    ApiLimitError,
    ChecksumError,
    ConnectionLostError,
    NotFoundError,
    TargetExistsError,
    TruncatedError,
    VaultError,
)
from vaultio.protocol.request import Request

LOST = ConnectionLostError("reset by peer")
MIB = 1024 * 1024


@define
class Patient(FakeCaller):
    """Notes when it is asked, in seconds, and lets only so many tries be made again."""

    times_s: list[float] = field(factory=list)
    budget: int = 100

    def may_retry(self) -> bool:
        """Take one off."""
        self.budget -= 1
        return self.budget >= 0

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[FakeReply]:
        """Open the next reply."""
        self.times_s.append(anyio.current_time())
        async with FakeCaller.stream(self, request) as reply:
            yield reply


@virtual
async def test_pauses_between_tries(tmp_path: Path) -> None:
    """Half a second, then twice as long each time, 8 s at the most; then it is given up."""
    caller = Patient([cut(b"", LOST, length=10)], config=Config(max_tries=8))
    with pytest.raises(TruncatedError, match="f: 0 of 10 bytes arrived by try 8; "):
        await save(caller, GET, tmp_path / "f", fallback_name="f")

    pauses = [two - one for one, two in zip(caller.times_s, caller.times_s[1:], strict=False)]
    assert pauses == pytest.approx([0.5, 1, 2, 4, 8, 8, 8])
    assert caller.budget == 100 - 7


@virtual
async def test_a_budget_that_is_used_up(tmp_path: Path) -> None:
    """Ends the tries of a file that does not move on."""
    caller = Patient([cut(b"", LOST, length=None)], budget=1)
    with pytest.raises(TruncatedError, match="0 of an unknown number of bytes arrived by try 2"):
        await save(caller, GET, tmp_path / "f", fallback_name="f")


@virtual
async def test_what_moves_on_is_free(tmp_path: Path) -> None:
    """A cut after 16 MiB costs no try and nothing of the budget; one a byte before it does."""
    for moved, budget in [(16 * MIB, 0), (16 * MIB - 1, -1)]:
        size = moved + 5
        end = rest(b"12345", moved, size)
        caller = Patient([cut(bytes(moved), LOST, length=size), end], budget=0)
        try:
            saved = await save(caller, GET, tmp_path / f"{moved}", fallback_name="f")
            assert saved.size == size
        except TruncatedError:
            assert budget < 0
        assert caller.budget == budget


@virtual
async def test_after_a_free_try_the_pauses_begin_anew(tmp_path: Path) -> None:
    """What moved on is as good as a first try."""
    first, size = cut(b"", LOST, length=None), 16 * MIB + 5
    moved = cut(bytes(16 * MIB), LOST, length=size)
    caller = Patient([first, first, moved, rest(b"12345", 16 * MIB, size)])
    await save(caller, GET, tmp_path / "f", fallback_name="f")

    assert caller.times_s == pytest.approx([0, 0.5, 1.5, 2.0])


@virtual
async def test_progress_by_the_number(tmp_path: Path) -> None:
    """At the start, every 256 KiB or more, at the end; the total once it is known."""
    step, told = 256 * 1024, list[tuple[int, int | None]]()
    pieces = [bytes(step - 1), b"x", bytes(step), bytes(10)]
    for length in (2 * step + 10, None):
        caller = FakeCaller([FakeReply(pieces, length=length)])
        to = tmp_path / str(length)
        await save(
            caller,
            GET,
            to,
            fallback_name="f",
            progress=lambda size, total: told.append((size, total)),
        )

    sizes = [0, step, 2 * step, 2 * step + 10]
    assert told == [*((size, sizes[-1]) for size in sizes), *((size, None) for size in sizes)]


def test_how_a_file_is_asked_for() -> None:
    """Uncompressed, from a place on or whole; the caller's other headers stay."""
    asked = Request(method="GET", path=GET.path, headers={"accept-Encoding": "gzip", "X": "1"})

    assert for_file(asked).headers == {"X": "1", "Accept-Encoding": "identity"}
    assert for_file(asked, 0).headers["Range"] == "bytes=0-"


@pytest.mark.parametrize(
    ("on_exists", "in_the_way", "replaced"),
    [
        ("error", True, False),
        ("skip", True, False),
        ("replace", False, True),
        ("unique", False, False),
    ],
)
def test_a_target(tmp_path: Path, on_exists: OnExists, in_the_way: bool, replaced: bool) -> None:
    """A folder that is there, or a name with a separator, has no file's name yet."""
    folder, named = Target.of(tmp_path, on_exists), Target.of(tmp_path / "f", on_exists)
    assert (folder.name, named.name, Target.of(f"{tmp_path}/x/", on_exists).name) == (
        None,
        "f",
        None,
    )
    assert (named.may_be_taken, named.replaces) == (in_the_way, replaced)
    assert folder.called("a").path == tmp_path / "a"
    assert named.called("a") is named
    assert folder.path == tmp_path
    assert Target.of(f"{tmp_path}/..", on_exists).name is None


def test_whether_there_is_anything_to_fetch(tmp_path: Path) -> None:
    """Not if it is there and to be left; a dangling link is there, too."""
    (tmp_path / "f").symlink_to(tmp_path / "nowhere")
    asked: tuple[OnExists, ...] = ("skip", "replace", "unique")
    wanted = {one: Target(tmp_path, "f", one).wanted() for one in asked}

    assert wanted == {"skip": False, "replace": True, "unique": True}
    with pytest.raises(TargetExistsError, match="f is there already"):
        Target(tmp_path, "f", "error").wanted()
    assert Target(tmp_path, "g", "error").wanted()
    assert Target(tmp_path, None, "error").wanted()


def test_it_becomes_the_file_in_one_step(tmp_path: Path) -> None:
    """Under the name, the next that is free, or none; nothing that is there is touched."""
    found = []
    in_turn: tuple[OnExists, ...] = ("error", "unique", "unique", "skip", "replace")
    for number, on_exists in enumerate(in_turn):
        part = tmp_path / f"{number}.part"
        part.write_text(str(number))
        published = Target(tmp_path, "f.txt", on_exists).publish(part)
        found.append((published and published.name, (tmp_path / "f.txt").read_text()))

    names = ["f.txt", "f (2).txt", "f (3).txt", None, "f.txt"]
    assert found == list(zip(names, "00004", strict=True))
    with pytest.raises(TargetExistsError, match="in the meantime"):
        Target(tmp_path, "f.txt", "error").publish(tmp_path / "3.part")


def test_a_link_whose_answer_was_lost(tmp_path: Path) -> None:
    """A name that is there as a link to the part itself is ours."""
    part = tmp_path / "a.part"
    part.write_text("x")
    (tmp_path / "f").hardlink_to(part)

    assert Target(tmp_path, "f", "error").publish(part) == tmp_path / "f"


@virtual
async def test_pieces_that_end_in_order_cost_no_try(tmp_path: Path) -> None:
    """However many there are; a cut after them has as many tries as any."""
    begun, pieces = cut(b"x", LOST, length=9), [rest(b"x", at, 9) for at in range(1, 8)]
    ended = FakeReply([LOST], status=206, headers={"content-range": "bytes 8-8/9"})
    caller = Patient([begun, *pieces, ended], config=Config(max_tries=3))
    with pytest.raises(TruncatedError, match="8 of 9 bytes arrived by try 3"):
        await save(caller, GET, tmp_path / "f", fallback_name="f")
    assert caller.times_s == pytest.approx([0, *[0.5] * 8, 1.5])

    caller = Patient([begun, *pieces, rest(b"x", 8, 9)], config=Config(max_tries=2))
    saved = await save(caller, GET, tmp_path / "g", fallback_name="g")
    assert (saved.size, saved.restarts) == (9, 0)


@pytest.mark.parametrize("error", [NotFoundError, ApiLimitError])
async def test_what_vault_refuses_is_no_cut(tmp_path: Path, error: type[VaultError]) -> None:
    """It is told as it is, and not asked again."""
    caller = FakeCaller([error("no")])
    with pytest.raises(error):
        await save(caller, GET, tmp_path / "f", fallback_name="f")

    assert len(caller.requests) == 1


@pytest.mark.parametrize("fills", [True, False])
async def test_no_byte_is_read_beyond_what_vault_knows(tmp_path: Path, fills: bool) -> None:
    """A body that says no end of its own is not read to it."""
    beyond = AssertionError("read on")
    caller = FakeCaller([FakeReply([b"12345", b"6", beyond], fills=fills)])
    with pytest.raises(ChecksumError, match="6 bytes arrived"):
        await save(caller, CHECK_OUT, tmp_path / "f", fallback_name="f", expected=Checksum(5))
