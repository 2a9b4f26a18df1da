"""Export an archive with the workers of a dask cluster, and know when that is worth it.

The story: 200 TB of video and scans leave a vault. One machine's line carries 1 Gbit/s, and the
files alone would keep it busy for 19 days. The group has a cluster, whose four nodes have lines of
their own and a disk that all of them see; so the nodes fetch, and this program only keeps the
manifest. A node that dies costs nothing but the files it had in its hands: others fetch those.

**What more machines bring** is bandwidth, disks, and processors for TLS and MD5. **What they do
not bring is quota**: a file costs one call, whoever makes it, and a vault counts the calls of all.
Ask the simulator, 60 calls in 2 s, 32 calls under way (``python benchmarks/simulate.py compare
--workers N --tasks M``)::

    processes   worst window   quota used   the same, each with its part of the quota
            1       60 of 60       91.0 %   91.0 %
            4       60 of 60       91.0 %   88.9 %
           16       60 of 60       91.0 %   73.2 %

Sixteen make as many calls as one. So reckon both, and look at which is longer: the calls, such as
10 days for a million files at 100,000 calls a day (``simulate.py plan --documents 1_000_000``),
and the bytes over your line. Files of 1 MB on average, a million of them in 10 days, are 1.2 MB a
second: one machine does that, and more would only wait together. From about 100 MB a file on, the
line is what you wait for, and machines help until all of their lines, their common disk or the
vault itself are full. Another program of the same vault shares the quota, on whatever machine.

All workers need ``pip install "vaultio[dask,redis]"``, the folder under the same path, and the
password in their environment: what is sent to them is its name. The quota is kept in Redis, for
each worker would count by itself; without it nothing is begun. Two threads a worker or more let it
begin a batch while the last file of another one arrives. The folder's manifest is written by this
program alone; where the shared disk is NFS, run it on one machine at a time.

Run it::

    export VAULTIO_URL=https://myvault.veevavault.com VAULTIO_USER=ana@example.com
    export VAULTIO_PASSWORD=... VAULTIO_QUOTA_STORE=redis://quota:6379/0
    python more_than_one_machine.py tcp://scheduler:8786 /shared/archive

Without these it starts two workers and a Redis on this machine, to show how it goes. The command
``vaultio export --cluster tcp://scheduler:8786 --to /shared/archive`` does the same. From vault to
vault it is ``Copy(..., crew=DaskCrew(address, recipe, target=other))``, and ``vaultio copy``.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from distributed import LocalCluster

from vaultio.integrations.dask import DaskCrew, Recipe
from vaultio.migration import Ended, Export, Failed, Finished

FOLDER = "archive"


def recipe(store: str) -> Recipe:
    """Say how each worker opens its vault: where the password is, not what it is."""
    return Recipe(
        url=os.environ["VAULTIO_URL"],
        api_version="v24.3",
        user=os.environ["VAULTIO_USER"],
        password="env:VAULTIO_PASSWORD",
        store=store,
    )


async def export(address: str, store: str, folder: str) -> int:
    """Export everything; return how many items failed."""
    how, files, failed = recipe(store), 0, 0
    async with how.opened() as vault:
        job = Export(vault, folder, crew=DaskCrew(address, how))
        async for event in job.run():
            match event:
                case Finished(item) if item.kind == "source":
                    files += 1
                    print(f"\r{files} files ", end="", file=sys.stderr)
                case Failed(item, result):
                    failed += 1
                    print(f"{item.label}: {result.message}", file=sys.stderr)
                case Ended(report):
                    print(f"{report.files} files, {report.size / 1e6:.1f} MB, {report.calls} calls")
    return failed


@asynccontextmanager
async def redis_here(program: str) -> AsyncIterator[str]:
    """Run a Redis of our own while the block lasts; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--loglevel", "warning"]
    server = await asyncio.create_subprocess_exec(
        program, *options, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        await server.wait()


async def main() -> int:
    """Use the cluster that is named, or show one; 1 if something failed."""
    folder = sys.argv[2] if len(sys.argv) > 2 else FOLDER
    async with AsyncExitStack() as stack:
        store = os.environ.get("VAULTIO_QUOTA_STORE")
        if store and store.startswith("sqlite:"):
            print("VAULTIO_QUOTA_STORE is a file, which only one machine sees:", file=sys.stderr)
            print("name a Redis server, or unset it to see the show", file=sys.stderr)
            return 2
        if not store:
            program = shutil.which("redis-server") or shutil.which("valkey-server")
            if program is None:
                print("set VAULTIO_QUOTA_STORE, or install redis-server", file=sys.stderr)
                return 0
            store = await stack.enter_async_context(redis_here(program))
        if len(sys.argv) > 1:
            address = sys.argv[1]
        else:
            workers = LocalCluster(  # type: ignore[no-untyped-call] # dask says none
                n_workers=2, threads_per_worker=2, dashboard_address=":0", asynchronous=True
            )
            address = (await stack.enter_async_context(workers)).scheduler_address
        return 1 if await export(address, store, folder) else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
