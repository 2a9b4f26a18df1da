"""Rows of a vault as Arrow tables and Parquet files, which polars, pandas and DuckDB read.

::

    table = await vault.query("SELECT id, name__v FROM documents").to_arrow()
    rows = vault.query("SELECT id, name__v FROM documents")
    count = await write_parquet(rows, "documents.parquet")

`vaultio.tables.columns.column_of` says what types there are.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterable, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from anyio.to_thread import run_sync

from vaultio import tables
from vaultio.tables.builder import ROWS_A_PART
from vaultio.transport import Pages
from vaultio.transport.threads import outlast

try:
    import pyarrow as pa

    from vaultio.integrations.parquet import ParquetPart
except ImportError as error:
    raise ImportError('tables need more of vaultio: pip install "vaultio[arrow]"') from error

__all__ = ["table_of", "write_parquet"]


def table_of(rows: Sequence[Mapping[str, Any]], *, columns: Sequence[str] = ()) -> pa.Table:
    """Make a table of rows.

    Numbers become int64, or float64 where one has a fraction; truth values bool; texts date32 or
    timestamps in UTC where every one of a column is such a thing; lists and objects keep what is
    in them, and the answer to a subquery becomes a list of rows. A column whose values do not go
    together is text, the other values in it as JSON.

    *columns* are there in any case, and first; others follow as they are seen.
    """
    return tables.table_of(rows, columns)


async def write_parquet(
    rows: AsyncIterable[Mapping[str, Any]],
    path: str | os.PathLike[str],
    *,
    columns: Sequence[str] = (),
) -> int:
    """Write rows into a Parquet file as they come; return how many there were.

    The file has its name once it is whole, in place of one that was there; until then it is a
    hidden ``.part`` beside it, which is gone if anything fails. In memory there are 1,000 rows of
    Python's and one row group: 100,000 rows or 32 MiB.

    Types are those of `table_of`. They are decided by what has come so far, and when a later row
    does not fit, the column becomes one that holds both: the row groups that are written are
    copied into a new part with the wider types, dates as the texts that they were. So no row is
    refused, and types do not depend on where in the rows something stands. It costs that copy,
    once or twice as a rule, and room on the disk for both. (A whole number in a column that has
    turned to fractions, and then to text, has become ``5.0``.)

    *columns* are there in any case, and first; those of a query know themselves.
    """
    if isinstance(rows, Pages):
        columns = columns or rows.columns
    part, count = ParquetPart(path, columns), 0
    try:
        async with aclosing(_parts(rows)) as parts:
            async for some in parts:
                await run_sync(part.add, some)
                count += len(some)
        await run_sync(part.publish)
    finally:
        loop = asyncio.get_running_loop()
        await outlast(loop.run_in_executor(None, part.discard))
    return count


async def _parts(
    rows: AsyncIterable[Mapping[str, Any]],
) -> AsyncGenerator[list[Mapping[str, Any]], None]:
    """Put rows together, so that a thread has something to do; closes *rows* at the end."""
    part = list[Mapping[str, Any]]()
    try:
        async for row in rows:
            part.append(row)
            if len(part) >= ROWS_A_PART:
                yield part
                part = []
        if part:
            yield part
    finally:
        if isinstance(rows, AsyncGenerator):
            await rows.aclose()
