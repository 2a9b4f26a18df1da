"""A Parquet file that is being written. All of this blocks, and belongs into threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vaultio.downloads.folders import sync_folder
from vaultio.migration.disk import refusals
from vaultio.tables import TableBuilder
from vaultio.tables.fitting import fitted_table

GROUP_ROWS = 100_000
GROUP_BYTES = 32 * 1024 * 1024


class ParquetPart:
    """The unfinished file beside *path*; it takes rows, and its name at the end.

    A thread goes on when the task that waits for it is cancelled: so a lock puts all steps in a
    row, and one that comes after `discard` does nothing.
    """

    def __init__(self, path: str | os.PathLike[str], columns: Iterable[str]) -> None:
        self._path = Path(path)
        self._builder = TableBuilder(columns)
        self._part: Path | None = None
        self._writer: pq.ParquetWriter | None = None
        self._schema: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._is_over = False

    def add(self, rows: Sequence[Any]) -> None:
        """Take rows, and write a row group if there are enough."""
        with self._lock, refusals("write", self._path):
            if self._is_over:
                return
            self._builder.add(rows)
            if self._builder.rows >= GROUP_ROWS or self._builder.size >= GROUP_BYTES:
                self._write()

    def publish(self) -> None:
        """Write what is left, have the disk take it, and give the file its name."""
        with self._lock, refusals("write", self._path):
            if self._is_over:
                return
            if self._builder.parts or self._writer is None:
                self._write()
            self._close()
            assert self._part is not None
            with self._part.open("rb+") as written:
                os.fsync(written.fileno())
            self._part.replace(self._path)
            self._part = None
            sync_folder(self._path.parent)

    def discard(self) -> None:
        """Remove what has no name yet; afterwards nothing happens any more."""
        with self._lock:
            self._is_over = True
            try:
                self._close()
            except OSError:  # the disk may be full still
                self._writer = None
            if self._part is not None:
                self._part.unlink(missing_ok=True)

    def _write(self) -> None:
        """Write a row group of all rows at hand."""
        table = self._builder.take()
        schema = dict(self._builder.schema)
        if self._writer is None:
            self._open(schema)
        elif schema != self._schema:
            self._widen(schema)
        self._put(table)

    def _widen(self, schema: dict[str, Any]) -> None:
        """Begin anew with wider types, and take over what is written, group by group."""
        self._close()
        narrow = self._part
        assert narrow is not None
        try:
            self._open(schema)
            with pq.ParquetFile(narrow) as written:
                for number in range(written.num_row_groups):
                    self._put(fitted_table(written.read_row_group(number), schema))
        finally:
            narrow.unlink(missing_ok=True)

    def _open(self, schema: dict[str, Any]) -> None:
        self._part = self._path.with_name(f".{self._path.name[:100]}.{token_hex(4)}.part")
        self._writer = pq.ParquetWriter(self._part, pa.schema(list(schema.items())))
        self._schema = schema

    def _put(self, group: pa.Table) -> None:
        assert self._writer is not None
        self._writer.write_table(group, row_group_size=max(1, group.num_rows))

    def _close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
