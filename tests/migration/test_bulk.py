"""Runs of bulk calls: what is noted of each row, whatever becomes of its call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from vaultio import (
    AccessDeniedError,
    ConnectionFailedError,
    InvalidDataError,
    OutcomeUnknownError,
    RowResult,
    TargetError,
    VaultioError,
)
from vaultio.migration.bulk import Bulk, Send
from vaultio.migration.bulk import run as run_module
from vaultio.migration.bulk.book import Book


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Eight rows, of which two go in a call."""
    monkeypatch.setattr(run_module, "BATCH", 2)
    file = tmp_path / "rows.csv"
    file.write_text("name__v\n" + "".join(f"{number}\n" for number in range(8)))
    return file


def sender(answer: Callable[[str], Any], seen: list[str]) -> Send:
    """Send rows to *answer*, which returns a message of failure or None, or raises."""

    async def send(rows: Sequence[Any]) -> AsyncIterator[RowResult]:
        for number, row in enumerate(rows, start=1):
            name = row["name__v"]
            seen.append(name)
            message = answer(name)
            errors = () if message is None else (("INVALID_DATA", message),)
            yield RowResult(row=number, succeeded=not errors, id=int(name), errors=errors)

    return send


def raising(names: set[str], error: VaultioError) -> Callable[[str], None]:
    """Fail the call that one of these rows is in."""

    def answer(name: str) -> None:
        if name in names:
            raise error

    return answer


def states(path: Path) -> dict[str, str]:
    """Map the rows to what became of them."""
    lines = [line.split(",") for line in path.read_text().splitlines()[1:]]
    return {str(int(one[0]) - 1): one[1] for one in lines}


async def test_no_cell_is_a_formula(source: Path) -> None:
    """What Vault says is a text, whatever it begins with."""
    job = Bulk(source, sender(lambda name: f"={name}+1", []), once=True)

    report = await job.execute()

    assert (report.failed, report.is_complete) == (8, False)
    assert ",INVALID_DATA,'=0+1,r" in job.path.read_text()


@pytest.mark.parametrize(
    ("error", "once", "state", "tried"),
    [
        (InvalidDataError("no"), True, "failed", 8),
        (OutcomeUnknownError("lost"), True, "unknown", 4),
        (OutcomeUnknownError("lost"), False, None, 4),
        (ConnectionFailedError("none"), True, None, 4),
        (AccessDeniedError("no"), True, "failed", 4),
    ],
)
async def test_a_call_that_fails(
    source: Path, error: VaultioError, once: bool, state: str | None, tried: int
) -> None:
    """Its rows are what they are known to be; others go on only where they may succeed."""
    seen = list[str]()
    job = Bulk(source, sender(raising({"2"}, error), seen), once=once, concurrency=1)

    if tried == 8:
        await job.execute()
    else:
        with pytest.raises(type(error)):
            await job.execute()

    assert states(job.path).get("2") == states(job.path).get("3") == state
    assert sum(found == "done" for found in states(job.path).values()) == tried - 2


async def test_when_every_call_is_refused(source: Path) -> None:
    """Three in succession are enough: the others would be refused, too."""
    seen = list[str]()
    wrong = raising(set(map(str, range(8))), InvalidDataError("no such column"))

    with pytest.raises(InvalidDataError):
        await Bulk(source, sender(wrong, seen), once=True, concurrency=1).execute()

    assert seen == ["0", "2", "4"]


async def test_a_second_run(source: Path) -> None:
    """It sends what failed and what was not tried, and nothing that is done or unknown."""
    first = raising({"2"}, OutcomeUnknownError("lost"))
    with pytest.raises(OutcomeUnknownError):
        await Bulk(source, sender(first, []), once=True, concurrency=1).execute()
    seen = list[str]()

    report = await Bulk(source, sender(lambda _: None, seen), once=True).execute()

    assert sorted(seen) == ["4", "5", "6", "7"]
    assert (report.done, report.unknown, report.before) == (6, 2, 2)


@pytest.mark.parametrize("once", [True, False])
async def test_a_run_that_is_cancelled(source: Path, once: bool) -> None:
    """What was under way may have been done; what was not sent is not noted."""
    begun = asyncio.Event()

    async def hang(rows: Sequence[Any]) -> AsyncIterator[RowResult]:
        begun.set()
        await asyncio.sleep(3600)
        yield RowResult(row=1, succeeded=True)

    running = asyncio.ensure_future(Bulk(source, hang, once=once, concurrency=1).execute())
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert states(source.with_name("rows.results.csv")) == {"0": "unknown", "1": "unknown"}


async def test_a_run_that_is_stopped(source: Path) -> None:
    """Calls under way are finished, and no other is begun."""
    job = Bulk(source, sender(lambda _: job.stop(), []), once=True, concurrency=1)

    report = await job.execute()

    assert (report.done, report.untried) == (2, 6)


async def test_a_disk_that_fills_up(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result that cannot be noted is not forgotten: its rows were sent, says the next run."""

    def refuse(*_: object) -> None:
        raise TargetError("no space left")

    monkeypatch.setattr(Book, "settle", refuse)
    with pytest.raises(TargetError):
        await Bulk(source, sender(lambda _: None, []), once=True, concurrency=1).execute()
    monkeypatch.undo()
    seen = list[str]()

    report = await Bulk(source, sender(lambda _: None, seen), once=True).execute()
    assert (report.unknown, sorted(seen)) == (2, ["2", "3", "4", "5", "6", "7"])


async def test_two_at_once(source: Path) -> None:
    """A second run of the same rows is refused while the first is at it."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def wait(rows: Sequence[Any]) -> AsyncIterator[RowResult]:
        begun.set()
        await go_on.wait()
        for number in range(len(rows)):
            yield RowResult(row=number + 1, succeeded=True)

    first = asyncio.ensure_future(Bulk(source, wait, once=True).execute())
    await begun.wait()
    with pytest.raises(TargetError, match="another job"):
        await Bulk(source, wait, once=True).execute()
    go_on.set()
    assert (await first).is_complete
