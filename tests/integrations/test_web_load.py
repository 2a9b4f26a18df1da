"""The example backend under load: workers that share a quota with each other and with an export."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from tests.conftest import USER
from tests.integrations.web import Browser
from tests.integrations.web_load import Load, percentiles
from tests.integrations.web_processes import Backend, backend, process, vault
from vaultio import Limiter, Password, Vault
from vaultio.migration import Export
from vaultio.sandbox import Archive, Sandbox

LARGE = 200_000_000
SECONDS = 60.0


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Backend]]:
    """Two workers before a vault with 300 documents; the first has a PDF of 200 MB."""
    sandbox = Sandbox.archive(Archive(small=300, large=0))
    sandbox.documents.add_rendition(1, content=LARGE)
    folder = tmp_path_factory.mktemp("backend")
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as url,
        backend(url, folder, workers=2) as running,
    ):
        yield sandbox, running


@pytest.mark.alone
async def test_browsers_beside_an_export(small: tuple[Sandbox, Backend], tmp_path: Path) -> None:
    """Two workers and an export in a third process share one quota: all are served."""
    sandbox, running = small
    load = Load(Browser(running.port), clients=30, think_s=0.4, documents=300)
    async with opened(running) as bulk:
        job = Export(bulk, tmp_path / "share")
        exporting = asyncio.create_task(drain(job))
        await load.run(1.5)
        job.stop()
        await exporting

    assert (set(load.statuses), sandbox.quota.refused) == ({200}, 0)
    assert (sum(load.statuses.values()) >= 30, sandbox.quota.delayed) == (True, 0)
    assert job.report
    assert job.report.files > 0


@asynccontextmanager
async def opened(running: Backend) -> AsyncIterator[Vault]:
    """Open a client in this process that shares the backend's quota."""
    limiter = Limiter(store=running.store)
    credentials = Password(USER, "secret")
    async with Vault(running.url, credentials, api_version="v24.3", limiter=limiter) as vault:
        yield vault
    await limiter.aclose()


async def drain(job: Export) -> None:
    """Let a job run to its end."""
    async for _ in job.run():
        pass


@pytest.mark.alone
async def test_memory_of_a_worker(small: tuple[Sandbox, Backend]) -> None:
    """200 MB go through a worker, and it needs no more memory than before."""
    _, running = small
    await Browser(running.port).get("/documents/1")
    before_mib, size = running.memory_mib(), 0
    reader, writer = await Browser(running.port).open("/documents/1/pdf")
    while data := await reader.read(1_000_000):
        size += len(data)
    writer.close()

    assert size > LARGE
    assert running.memory_mib() - before_mib < 16


@pytest.mark.heavy
async def test_browsers_leave_a_worker(small: tuple[Sandbox, Backend]) -> None:
    """More of them than there are connections leave in the middle; then all is as it was."""
    sandbox, running = small
    before = sandbox.bytes_produced
    for _ in range(60):
        reader, writer = await Browser(running.port).open("/documents/1/pdf")
        await reader.readexactly(10_000)
        writer.close()

    answers = [await Browser(running.port).get("/documents/2/file") for _ in range(8)]
    assert [(one.status, one.is_whole) for one in answers] == [(200, True)] * 8
    assert sandbox.bytes_produced - before < 60 * LARGE / 10


FIGURES = """
{clients} clients, a pause of {think_s:g} s on average, {burst} calls in 5 min, {seconds:g} s:
  beside {beside}, {files} files exported: {statuses}, told to come back too early: {early}{reasons}
  a page: {page}
  a file: {file}
  interactive calls that waited for quota: {waited}; all of them: {waits}
  calls at the vault: {calls}, the fullest 5 min {worst}, refused or held back {over}
"""


@contextmanager
def exporting(running: Backend, beside: str) -> Iterator[None]:
    """Have ``vaultio export`` at work, if that is wanted."""
    if beside == "nothing":
        yield
        return
    share = str(running.folder / "share")
    program = "from vaultio.cli import main; main()"
    command = ("-c", program, "export", "--to", share, "--progress", "quiet")
    with process(*command, env=running.environment, cwd=running.folder) as export:
        yield
        assert export.poll() is None, "the export was over too early"


def figures(load: Load, beside: str, burst: int, running: Backend) -> str:
    """Say how it went."""
    waits = list(map(float, re.findall(r"a call \(interactive\) waited ([\d.]+) s", running.log)))
    others = len(load.took_s["page"]) + 2 * len(load.took_s["file"]) - len(waits)
    reasons = Counter(re.findall(r"503 for \w+: [^:]+: ([^;,]+)", running.log))
    state = running.state()
    files = sum(1 for one in (running.folder / "share").rglob("*.docx"))
    return FIGURES.format(
        clients=load.clients,
        think_s=load.think_s,
        burst=burst,
        seconds=SECONDS,
        beside=beside,
        files=files,
        statuses=dict(load.statuses),
        early=load.early,
        reasons="".join(f"\n  503: {why}: {count}" for why, count in reasons.items()),
        page=percentiles(load.took_s["page"]),
        file=percentiles(load.took_s["file"]),
        waited=len(waits),
        waits=percentiles([0.0] * others + waits),
        calls=state["calls"],
        worst=state["worst_window"],
        over=state["refused"] + state["delayed"],
    )


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("burst", "think_s", "beside"),
    [(30_000, 4.0, "nothing"), (30_000, 4.0, "an export"), (2_000, 60.0, "an export")],
)
def test_two_hundred_clients(tmp_path: Path, burst: int, think_s: float, beside: str) -> None:
    """4 workers, 200 clients, and an export in a process of its own; says how long people wait."""
    with vault(20_000, 0, burst) as url, backend(url, tmp_path, workers=4) as running:
        load = Load(Browser(running.port), 200, think_s, 20_000)
        asyncio.run(load.browser.get("/documents/1"))  # from its answer on the limit is known
        with exporting(running, beside):
            asyncio.run(load.run(SECONDS))
        print(figures(load, beside, burst, running))
        state = running.state()

    assert set(load.statuses) <= {200, 503}
    assert load.statuses[503] < 0.1 * load.statuses[200]  # the machine may be short of time
    assert state["refused"] + state["delayed"] == 0
    assert state["worst_window"] <= burst
