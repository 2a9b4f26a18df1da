"""Where rows come from: mappings, CSV text or a CSV file, read a batch at a time."""

from __future__ import annotations

import io
import os
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator, Mapping
from contextlib import aclosing
from itertools import islice
from pathlib import Path

import anyio
from anyio.to_thread import run_sync

from vaultio.errors import InvalidArgumentError
from vaultio.protocol.forms import csv_lines
from vaultio.protocol.rows import Batch, Row

Rows = Iterable[Row] | AsyncIterable[Row] | str | os.PathLike[str]
"""Rows of a bulk call: mappings of field names to values from any iterable or async iterable,
CSV text (with a line end in it), or the path of a CSV file in UTF-8."""


def check_rows(rows: Rows) -> None:
    """Refuse what cannot be rows, before anything is done."""
    if isinstance(rows, Mapping):
        raise InvalidArgumentError("rows are many mappings, not a single one")
    if isinstance(rows, bytes | bytearray | memoryview):
        raise InvalidArgumentError("CSV is text: decode the bytes, or give the file's path")
    if not isinstance(rows, Iterable | AsyncIterable | os.PathLike):
        raise InvalidArgumentError(
            f"rows are mappings, CSV text or a CSV file's path, not a {type(rows).__name__}"
        )


async def batches(rows: Rows, size: int) -> AsyncGenerator[Batch, None]:
    """Cut *rows* into batches of *size*; no row is read before its batch is asked for."""
    first = 1
    async with aclosing(_chunks(rows, size)) as chunks:
        async for chunk in chunks:
            for number, row in enumerate(chunk, first):
                if not isinstance(row, Mapping):
                    raise InvalidArgumentError(
                        f"row {number} is no mapping of field names to values, "
                        f"but a {type(row).__name__}"
                    )
            yield Batch(first, chunk)
            first += len(chunk)


async def _chunks(rows: Rows, size: int) -> AsyncGenerator[list[Row], None]:
    if isinstance(rows, os.PathLike) or (isinstance(rows, str) and not _is_text(rows)):
        async with aclosing(_of_file(Path(rows), size)) as chunks:
            async for chunk in chunks:
                yield chunk
    elif isinstance(rows, AsyncIterable):
        async with aclosing(_of_async(rows, size)) as chunks:
            async for chunk in chunks:
                yield chunk
    else:
        source = iter(_of_text(rows) if isinstance(rows, str) else rows)
        while chunk := list(islice(source, size)):
            yield chunk


async def _of_async(rows: AsyncIterable[Row], size: int) -> AsyncGenerator[list[Row], None]:
    """Collect rows, and close their generator here: it may hold what only this task can leave."""
    collected: list[Row] = []
    try:
        async for row in rows:
            collected.append(row)
            if len(collected) == size:
                yield collected
                collected = []
        if collected:
            yield collected
    finally:
        if isinstance(rows, AsyncGenerator):
            await rows.aclose()


def _is_text(value: str) -> bool:
    """Tell CSV from a path: a header and a row have a line end between them."""
    return "\n" in value or "\r" in value


def _of_text(text: str) -> Iterator[Row]:
    return csv_lines(io.StringIO(text.removeprefix("\ufeff"), newline=""), InvalidArgumentError)


async def _of_file(path: Path, size: int) -> AsyncGenerator[list[Row], None]:
    """Read a file in a thread, a chunk ahead of nobody, and close it there."""
    file = await run_sync(lambda: path.open(encoding="utf-8-sig", newline=""))
    try:
        source: Iterator[Row] = csv_lines(file, InvalidArgumentError)
        while chunk := await run_sync(lambda: list(islice(source, size))):
            yield chunk
    except UnicodeDecodeError as error:
        raise InvalidArgumentError(f"{path} is not UTF-8: {error.reason}") from error
    finally:
        with anyio.CancelScope(shield=True):
            await run_sync(file.close)
