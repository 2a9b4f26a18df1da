"""What stands on a worker, without a cluster around it; the alarm on blocking calls is on."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio.integrations.recipe import Recipe
from vaultio.migration import Draft, Entry
from vaultio.migration.crew import Batch
from vaultio.migration.layout import Template
from vaultio.migration.wanted import Wanted
from vaultio.migration.working import ExportTask
from vaultio.sandbox import Sandbox

pytest.importorskip("distributed", reason="the extra dask is not installed")
from vaultio.integrations.station import Order, Station

WORKER: Any = None  # stations do not ask for it


@pytest.fixture
async def order(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Order]:
    """An order for a station: a served vault, a folder with its mark."""
    monkeypatch.setenv("A_PASSWORD", PASSWORD)
    (tmp_path / "mark").touch()
    wanted = Wanted.of(["source"], None, "latest", Template())
    async with sandbox.serve() as url:
        recipe = Recipe(
            url=url,
            api_version="v24.3",
            user=USER,
            password="env:A_PASSWORD",
            burst=None,
            daily=None,
        )
        task = ExportTask(folder=tmp_path, wanted=wanted, has_twins=True)
        mark = tmp_path / "mark"
        yield Order(name="one", run="1", recipes=(recipe,), task=task, at_once=4, mark=mark)


def found(sandbox: Sandbox, count: int) -> list[Entry]:
    """Add documents, and make the items of their files."""
    entries = []
    for number in range(count):
        document = sandbox.documents.add(f"Plan {number}", b"content")
        draft = Draft(
            key=f"document/{document}/0.1/source",
            stage="files",
            kind="source",
            source_id=str(document),
            source_version="0.1",
            path=f"{document}/a.txt",
        )
        values = {name: getattr(draft, name) for name in Draft.__annotations__}
        entries.append(Entry(number=document, **values))
    return entries


def batch(entries: Sequence[Entry]) -> Batch:
    """Make a batch."""
    return Batch(key="one", entries=entries)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; the test's own end is the last resort."""
    while not is_so():  # noqa: ASYNC110 # nobody tells
        await asyncio.sleep(0.01)


async def test_batches_share_one_session(sandbox: Sandbox, order: Order) -> None:
    """Batches at once open one vault; the end of the station ends its session."""
    entries = found(sandbox, 20)
    station = Station(order)

    first, second = await asyncio.gather(
        station.work(batch(entries[:10])), station.work(batch(entries[10:]))
    )

    assert {one.state for one in (*first.results, *second.results)} == {"done"}
    assert (first.calls + second.calls, len(sandbox.sessions)) == (20, 1)
    await station.teardown(WORKER)
    assert len(sandbox.sessions) == 0


async def test_a_station_without_work_lets_go(sandbox: Sandbox, order: Order) -> None:
    """A while after the last batch the session is ended; another batch begins a new one."""
    entries = found(sandbox, 2)
    station = Station(order, idle_s=0.05)

    await station.work(batch(entries[:1]))
    await until(lambda: len(sandbox.sessions) == 0)
    assert [one.state for one in (await station.work(batch(entries[1:]))).results] == ["done"]
    await station.teardown(WORKER)


async def test_a_station_on_hold(sandbox: Sandbox, order: Order) -> None:
    """It begins nothing more, and says nothing of what it did not begin."""
    entries = found(sandbox, 3)
    station = Station(order)
    station.hold()

    assert (await station.work(batch(entries))).results == []
    await station.teardown(WORKER)


async def test_another_disk(sandbox: Sandbox, order: Order) -> None:
    """A worker that does not see the folder's mark writes nothing, and says why."""
    station = Station(evolve(order, mark=order.mark.with_name("gone")))

    done = await station.work(batch(found(sandbox, 1)))

    assert "on a disk that all workers share" in (done.trouble or "")
    assert sandbox.quota.calls == 0


async def test_what_would_befall_all(sandbox: Sandbox, order: Order) -> None:
    """A refused login is trouble of the batch, and no failure of its items; nothing is raised."""
    entries = found(sandbox, 3)
    sandbox.users[USER].password = "another"
    station = Station(order)

    done = await station.work(batch(entries))

    assert (done.trouble or "").startswith("AuthenticationError")
    assert done.results == []
    await station.teardown(WORKER)


async def test_what_befalls_one(sandbox: Sandbox, order: Order) -> None:
    """A file that cannot be had fails alone."""
    entries = found(sandbox, 3)
    sandbox.documents.delete(entries[1].number)
    station = Station(order)

    done = await station.work(batch(entries))

    states = {one.number: one.state for one in done.results}
    assert states == {1: "done", 2: "failed", 3: "done"}
    await station.teardown(WORKER)


async def test_an_end_in_the_middle(sandbox: Sandbox, order: Order) -> None:
    """What is in flight ends with the station, and leaves nothing on the disk."""
    entries = found(sandbox, 3)
    sandbox.faults.stall(path="*/file", count=None)
    station = Station(order)
    running = asyncio.ensure_future(station.work(batch(entries)))
    await until(lambda: sandbox.quota.calls >= 3)

    await station.teardown(WORKER)

    assert (await running).results == ()
    assert list(order.mark.parent.rglob("*.part")) == []


async def test_only_the_order_travels(sandbox: Sandbox, order: Order) -> None:
    """A station is sent without its session and without a secret."""
    station = Station(order)
    await station.work(batch(found(sandbox, 1)))
    sent = pickle.dumps(station)

    assert PASSWORD.encode() not in sent
    assert pickle.loads(sent).order.recipes == order.recipes
    await station.teardown(WORKER)
