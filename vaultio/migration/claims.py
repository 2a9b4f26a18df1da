"""Whose a batch is, where more than one worker may take it for theirs.

A scheduler that hears nothing of a worker lets another one do its batches, and cannot know whether
it is dead. So a batch has a claim: a file in the job's folder with the name of the worker that
began it last. Who finds one there was not the first, and puts its own name into it; whoever was
taken for dead sees that before it sends anything, and sends no more.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from secrets import randbelow

import anyio
from attrs import define

from vaultio.errors import ClusterError
from vaultio.migration.disk import in_thread, refusals

FOLDER = "claims"
"""Where in the folder of a job they lie."""

_NOBODY = "nobody"
_WIDTH = 18


@define
class Claim:
    """The claim *path*, in the name of *holder*."""

    path: Path
    holder: str
    before: str | None = None
    """Who had begun the batch and not finished it, empty if nobody; None if it is new."""

    is_lost: bool = False
    """Another worker has taken it over, or the job is over."""

    async def check(self) -> None:
        """Raise `ClusterError` if it is not ours any more."""
        # In place, and opened anew: so a network disk asks its server.
        if self.is_lost or await in_thread(lambda _: _read(self.path)) != self.holder:
            self.is_lost = True
            raise ClusterError("another worker has taken the batch over")

    async def finish(self) -> None:
        """Say that nothing of it is under way any more."""
        await in_thread(lambda _: _finish(self.path, self.holder))


def new_holder() -> str:
    """Make the name of a worker, all of digits, and as long as all others."""
    return f"{randbelow(10**_WIDTH):0{_WIDTH}}"


async def claimed(folder: Path, key: str, holder: str) -> Claim:
    """Take the claim of a batch of the job in *folder*, whoever has it."""
    path = folder / FOLDER / key
    with anyio.CancelScope(shield=True):
        before = await in_thread(lambda _: _take(path, holder))
    return Claim(path, holder, "" if before == _NOBODY else before)


@asynccontextmanager
async def offered(folder: Path, key: str) -> AsyncIterator[None]:
    """Let a batch be claimed while the block lasts; then nobody has it any more."""
    path = folder / FOLDER / key
    try:
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await in_thread(lambda _: path.unlink(missing_ok=True))


async def begin(folder: Path) -> None:
    """Make the place for claims in a job's folder: those of earlier runs are lost."""
    await end(folder)  # one that a worker of such a run puts there meanwhile is taken over
    with refusals("make ready", folder):
        await anyio.Path(folder / FOLDER).mkdir(exist_ok=True)


async def end(folder: Path) -> None:
    """Take it away."""
    with anyio.CancelScope(shield=True):
        await in_thread(lambda _: shutil.rmtree(folder / FOLDER, ignore_errors=True))


def _take(path: Path, holder: str) -> str | None:
    with refusals("claim a batch at", path):
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(holder)
            return None
        except FileExistsError:
            before = _read(path)
            _write(path, holder)
            return before


def _finish(path: Path, holder: str) -> None:
    if _read(path) == holder:
        _write(path, _NOBODY)


def _read(path: Path) -> str:
    with refusals("read", path):
        try:
            return path.read_text("utf-8").strip()
        except FileNotFoundError:
            return ""


def _write(path: Path, holder: str) -> None:
    """Write over what stands there, in place: who reads meanwhile finds no name of its own."""
    with (
        refusals("claim a batch at", path),
        suppress(FileNotFoundError),  # the job is over
        path.open("r+", encoding="utf-8") as file,
    ):
        file.write(holder.ljust(_WIDTH))
