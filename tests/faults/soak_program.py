"""Use a bad vault for a long time: ``python -m tests.faults.soak_program URL SECONDS FOLDER``.

64 workers call and download side by side, and hold every result against what it must be. Prints one
line of JSON: what came of the calls, and samples of what the program holds meanwhile.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
from attrs import define, field

from benchmarks._ticker import memory
from tests.faults.tools.leftovers import left_behind, open_files
from tests.leaks import PASSWORD
from vaultio import Config, Limiter, Password, Quota, Vault, VaultioError

WORKERS = 64
SAMPLES = 60
SETTINGS = Config(concurrency=32, timeout_s=5.0, stall_s=2.0, minimum_bytes_per_s=1000.0)
CANCELLED = 0.03


class WrongError(Exception):
    """A result is not what it must be: the one thing that must not happen."""


@define
class Soak:
    """The work: what is known of the vault, and what came of the calls."""

    vault: Vault
    folder: Path
    until: float
    md5: dict[int, str] = field(factory=dict)
    names: dict[int, str] = field(factory=dict)
    ends: Counter[str] = field(factory=Counter)
    wrong: list[str] = field(factory=list)
    samples: list[dict[str, float]] = field(factory=list)
    chance: random.Random = field(factory=lambda: random.Random(11))

    async def learn(self, documents: int) -> None:
        """Learn what is right, from answers that agree twice; names follow from the ids."""
        for document_id in range(1, documents + 1):
            found = [await self._patiently(document_id) for _ in range(2)]
            assert found[0] == found[1]
            self.names[document_id], self.md5[document_id] = found[0]

    async def _patiently(self, document_id: int) -> tuple[str, str]:
        while True:
            try:
                document = await self.vault.documents.retrieve(document_id)
                return str(document.name), str(document.checksum.md5)
            except VaultioError:
                await asyncio.sleep(0.01)

    async def work(self, number: int) -> None:
        """Make one call after the other, until the time is over."""
        kinds: list[Callable[[int, Path], Awaitable[None]]] = [
            self.retrieve,
            self.query,
            self.update,
            self.create,
            self.download,
            self.stream,
        ]
        while time.monotonic() < self.until:
            kind = self.chance.choices(kinds, [8, 2, 2, 1, 3, 2])[0]
            path = self.folder / f"{number}.bin"
            patience_s = self.chance.random() / 5 if self.chance.random() < CANCELLED else None
            with anyio.move_on_after(patience_s) as scope:
                await self.count(kind, path)
            self.ends["cancelled"] += scope.cancelled_caught
            path.unlink(missing_ok=True)

    async def count(self, kind: Callable[[int, Path], Awaitable[None]], path: Path) -> None:
        """Make a call of a kind and note what came of it."""
        try:
            await kind(self.chance.choice(list(self.md5)), path)
            self.ends["right"] += 1
        except VaultioError as error:
            self.ends[type(error).__name__] += 1
        except Exception as error:
            self.wrong.append(f"{kind.__name__}: {type(error).__name__}: {error}")

    def hold(self, what: object, against: object) -> None:
        """See that something is what it must be."""
        if what != against:
            raise WrongError(f"{str(what)[:200]} in place of {str(against)[:200]}")

    async def retrieve(self, document_id: int, _: Path) -> None:
        """Retrieve a document."""
        document = await self.vault.documents.retrieve(document_id)
        self.hold((document.id, document.name), (document_id, self.names[document_id]))

    async def query(self, document_id: int, _: Path) -> None:
        """Ask for one by VQL."""
        vql = f"SELECT id, name__v FROM documents WHERE id = {document_id}"
        rows = (await self.vault.query(vql)).items
        self.hold(
            [(row["id"], row["name__v"]) for row in rows], [(document_id, self.names[document_id])]
        )

    async def update(self, document_id: int, _: Path) -> None:
        """Change what nobody looks at."""
        changed = await self.vault.documents.update(document_id, {"title__v": "x"})
        self.hold(changed, document_id)

    async def create(self, _: int, __: Path) -> None:
        """Create a document, and delete it again."""
        made = await self.vault.documents.create_unclassified(file=b"x" * 5000, filename="x.txt")
        self.hold(await self.vault.documents.delete(made), made)

    async def download(self, document_id: int, path: Path) -> None:
        """Download a file."""
        saved = await self.vault.documents.download(document_id, to=path, verify=True)
        found = await asyncio.to_thread(lambda: hashlib.md5(path.read_bytes()).hexdigest())
        self.hold((found, saved.md5), (self.md5[document_id],) * 2)

    async def stream(self, document_id: int, _: Path) -> None:
        """Read a file chunk by chunk."""
        found = hashlib.md5()
        async with self.vault.documents.open(document_id, verify=True) as stream:
            async for chunk in stream:
                found.update(chunk)
        self.hold(found.hexdigest(), self.md5[document_id])

    async def watch(self, seconds: float) -> None:
        """Note now and then what the program holds; garbage is not what it holds."""
        while time.monotonic() < self.until:
            await asyncio.sleep(seconds / SAMPLES)
            gc.collect()
            self.samples.append(holding(self.ends))


def holding(ends: Counter[str]) -> dict[str, float]:
    """Count what this process holds now; memory in MiB."""
    return {
        "descriptors": open_files(),
        "tasks": len(asyncio.all_tasks()),
        "threads": threading.active_count(),
        "memory_mib": round((memory("VmRSS") or 0) / 2**20, 1),
        "ends": ends.total(),
    }


async def main(url: str, documents: int, seconds: float, folder: Path) -> None:
    """Work, and print."""
    limiter = Limiter(burst=Quota(10**9, 300.0), daily=None, pace=None)
    credentials = Password("ana@example.com", PASSWORD)
    vault = Vault(url, credentials, api_version="v11.0", config=SETTINGS, limiter=limiter)
    async with vault:
        soak = Soak(vault, folder, time.monotonic() + seconds)
        await soak.learn(documents)
        soak.until = time.monotonic() + seconds
        watching = asyncio.create_task(soak.watch(seconds))
        await asyncio.gather(*(soak.work(number) for number in range(WORKERS)))
        await watching
        held = [vault._caller.road.gate.in_use, limiter._bell.under_way]
    await asyncio.sleep(0.2)
    done = {"ends": dict(soak.ends), "wrong": soak.wrong[:20], "held": held}
    after = {"left": left_behind(folder), "after": holding(soak.ends)}
    print(json.dumps({**done, **after, "samples": soak.samples}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4])))
