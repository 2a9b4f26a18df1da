"""Exports on a dask cluster of real processes, whose workers and driver die."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from attrs import asdict

from tests.integrations.cluster import PASSWORD_VARIABLE, Cluster, cluster
from tests.integrations.writes import DEADLY
from tests.leaks import SECRET
from tests.migration.conftest import top
from tests.migration.programs.cluster_exporter import Order, recipe
from tests.migration.programs.vault_server import Setup
from tests.migration.proving import Costs, VaultProcess, check_files, rows, serving, start
from vaultio import ClusterError, InvalidArgumentError, Vault
from vaultio.migration import Event, Export, Finished, Started, export

pytest.importorskip("distributed", reason="the extra dask is not installed")
from vaultio.integrations.dask import DaskCrew, Recipe

DOCUMENTS = 200


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers for the tests that kill none."""
    with cluster(tmp_path_factory.mktemp("cluster"), 2) as made:
        yield made
        assert not SECRET.search(made.log), "a secret is in the log of the cluster"


@pytest.fixture
def served_archive() -> Iterator[VaultProcess]:
    """A vault with some documents, in a process of its own."""
    with serving(Setup(archive={"small": DOCUMENTS, "large": 0})) as vault:
        yield vault


def order(vault: VaultProcess, made: Cluster, folder: Path, **values: Any) -> Order:
    """Say what to export, with small batches."""
    return Order(
        url=vault.url,
        folder=str(folder),
        scheduler=made.address,
        password=f"env:{PASSWORD_VARIABLE}",
        batch_size=8,
        **values,
    )


def parts(folder: Path) -> list[Path]:
    """List the parts of files that lie about."""
    return list(folder.rglob("*.part"))


def crew(wanted: Order) -> DaskCrew:
    """Call the workers."""
    return DaskCrew(wanted.scheduler, recipe(wanted), batch_size=wanted.batch_size)


async def test_an_export(workers: Cluster, served_archive: VaultProcess, tmp_path: Path) -> None:
    """Two workers bring every file for one call each, and the driver hears of every one."""
    wanted, events = order(served_archive, workers, tmp_path), list[Event]()
    async with recipe(wanted).opened() as vault:
        report = await export(vault, tmp_path, crew=crew(wanted), on_event=events.append)

    assert await asyncio.to_thread(check_files, served_archive, tmp_path) == DOCUMENTS
    costs = Costs.of(served_archive, DOCUMENTS)
    assert (report.verified, report.calls, costs.twice) == (DOCUMENTS, costs.least, 0)
    for kind in (Started, Finished):
        assert sum(isinstance(event, kind) for event in events) == DOCUMENTS
    assert [name for name in top(tmp_path) if name.startswith(".")] == []


async def stopped(vault: Vault, wanted: Order, after: int, *, gently: bool) -> Export:
    """Export until so many files are there."""
    job, done = Export(vault, wanted.folder, crew=crew(wanted)), 0
    async with aclosing(job.run()) as events:
        async for event in events:
            done += isinstance(event, Finished)
            if done == after and not gently:
                break
            if done == after:
                job.stop()
    return job


@pytest.mark.parametrize("gently", [True, False])
async def test_a_stop(
    workers: Cluster, served_archive: VaultProcess, tmp_path: Path, gently: bool
) -> None:
    """Nothing more is called for once it has ended, and the next run brings the rest."""
    wanted = order(served_archive, workers, tmp_path)
    async with recipe(wanted).opened() as vault:
        await stopped(vault, wanted, 20, gently=gently)
        calls = served_archive.ask("calls")
        assert calls < DOCUMENTS
        await asyncio.sleep(0.3)
        assert served_archive.ask("calls") == calls
        report = await export(vault, tmp_path, crew=crew(wanted))

    assert await asyncio.to_thread(check_files, served_archive, tmp_path) == DOCUMENTS
    assert (report.failed, report.is_complete) == (0, True)
    # Who is asked gently finishes what is in flight; else that is fetched again.
    assert Costs.of(served_archive, DOCUMENTS).twice <= (0 if gently else 2 * 8)


@pytest.mark.heavy
def test_a_killed_driver(workers: Cluster, served_archive: VaultProcess, tmp_path: Path) -> None:
    """The next one goes on at once; what workers had in their hands is not lost, nor twice."""
    wanted = order(served_archive, workers, tmp_path)
    with start("cluster_exporter", asdict(wanted)) as driver:
        while served_archive.ask("calls") < 60 and driver.poll() is None:
            time.sleep(0.005)
        driver.kill()
    assert {one["state"] for one in rows(tmp_path)} >= {"leased"}

    with start("cluster_exporter", asdict(wanted)) as driver:
        out, _ = driver.communicate(timeout=60)

    assert (driver.returncode, out) == (0, "")
    assert check_files(served_archive, tmp_path) == DOCUMENTS
    assert workers.overwritten(tmp_path) == []
    assert Costs.of(served_archive, DOCUMENTS).twice <= 2 * 8


def test_a_killed_worker(served_archive: VaultProcess, tmp_path: Path) -> None:
    """The others do what it had; no part of a file is left, and no file was written over."""
    folder = tmp_path / "files"
    with cluster(tmp_path / "cluster", 2) as made:
        wanted = order(served_archive, made, folder)
        with start("cluster_exporter", asdict(wanted)) as driver:
            out = made.kill_one(driver, lambda: served_archive.ask("calls") >= 60, longest_s=60)

        assert out == ""
        assert check_files(served_archive, folder) == DOCUMENTS
        assert made.overwritten(folder) == []
        assert Costs.of(served_archive, DOCUMENTS).twice <= 8


@pytest.mark.heavy
async def test_what_workers_die_of(served_archive: VaultProcess, tmp_path: Path) -> None:
    """An item that kills who begins it fails alone; those beside it are done."""
    settings = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0", DEADLY: "/3/0.1/"}
    with cluster(tmp_path / "cluster", 3, **settings) as made:
        wanted = order(served_archive, made, tmp_path / "files")
        async with recipe(wanted).opened() as vault:
            report = await export(vault, wanted.folder, crew=crew(wanted))

    assert await asyncio.to_thread(parts, tmp_path) == []
    assert [(one.source_id, one.error_type) for one in report.failures] == [("3", "ClusterError")]
    assert report.files == DOCUMENTS - 1


async def test_no_scheduler(
    served_archive: VaultProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is said, with its address."""
    monkeypatch.setenv(PASSWORD_VARIABLE, "secret")
    how = Recipe(
        url=served_archive.url,
        api_version="v11.0",
        user="ana@example.com",
        password=f"env:{PASSWORD_VARIABLE}",
        burst=None,
        daily=None,
    )
    async with how.opened() as vault:
        with pytest.raises(ClusterError, match="no scheduler at tcp://"):
            await export(vault, tmp_path, crew=DaskCrew("tcp://127.0.0.1:1", how, wait_s=0.5))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://sandbox.veevavault.com", "the driver's limiter counts by itself"),
        ("https://other.veevavault.com", "the driver's vault is https://sandbox"),
    ],
)
async def test_a_driver_apart(vault: Vault, tmp_path: Path, url: str, said: str) -> None:
    """A driver that would count by itself, or is of another vault, is refused before all else."""
    how = Recipe(url=url, api_version="v11.0", access_token="env:A", store="redis://127.0.0.1:1/0")

    with pytest.raises(InvalidArgumentError, match=said):
        await export(vault, tmp_path, crew=DaskCrew("tcp://127.0.0.1:1", how))


async def test_no_worker(served_archive: VaultProcess, tmp_path: Path) -> None:
    """A cluster without workers is waited for, but not for ever."""
    with cluster(tmp_path / "cluster", 0) as made:
        wanted = order(served_archive, made, tmp_path / "files")
        how = recipe(wanted)
        async with how.opened() as vault:
            with pytest.raises(ClusterError, match="no worker came within 1 s"):
                await export(vault, wanted.folder, crew=DaskCrew(made.address, how, wait_s=1))
