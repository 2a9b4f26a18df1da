"""What an import reads: the folder of an export, or a CSV with a row for each document.

Of a folder it is the files below ``metadata/`` that `vaultio.migration.metadata` describes; the
files of documents lie where the column ``file`` says, and never outside of the folder. A CSV has
the fields of documents by Vault's names, ``file`` (below the CSV's own folder, empty for a
placeholder) and something to tell rows apart by: ``id``, ``external_id__v`` or ``file``.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import closing, suppress
from pathlib import Path

from vaultio.errors import InvalidArgumentError, UploadError
from vaultio.migration.disk import in_thread
from vaultio.migration.drafting import (
    Drafting,
    annotation,
    attachment,
    owner_key,
    relationship,
    rendition,
    roles,
)
from vaultio.migration.entries import Draft, Entry
from vaultio.migration.layout import METADATA, inside
from vaultio.migration.tables import Key, Ordered, Row, rows

_PAGE = 500


class Bundle:
    """What lies at *source*: a folder, or a CSV; *drafting* makes items of its rows."""

    def __init__(self, source: Path, drafting: Drafting) -> None:
        self.root = root_of(source)
        self._source = source
        self._drafting = drafting

    async def pages(self) -> AsyncGenerator[list[Draft], None]:
        """Yield all items, 500 at a time: documents with their versions in order, then the rest."""
        found = self._all()
        try:
            while page := await in_thread(lambda _: list(itertools.islice(found, _PAGE))):
                yield page
        finally:
            with suppress(ValueError):  # a thread that nobody waits for any more is still in it
                found.close()

    def path_of(self, entry: Entry) -> Path:
        """Find an item's file, and hold its size against what is known; blocks.

        One that lies elsewhere, by its name or by a link, is an `InvalidArgumentError`.
        """
        text = inside(entry.path or "")
        path = self.root / text
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise InvalidArgumentError(f"the file {text!r} is a link that leads out of the folder")
        if not path.is_file():
            raise UploadError(f"there is no file {text!r} in {self.root}")
        size = path.stat().st_size
        if entry.expected_size not in (None, size):
            raise UploadError(
                f"the file {text!r} has {size} bytes, but {entry.expected_size} were expected: "
                f"is it the one that was exported?"
            )
        return path

    def _all(self) -> Generator[Draft, None, None]:
        if self._table("documents") is None and self._table("binders") is None:
            raise InvalidArgumentError(
                f"{self._source} is no CSV, and has no metadata/documents.jsonl or .csv: an "
                f"export writes them when it ends"
            )
        drafting = self._drafting
        yield from self._grouped("documents", drafting.key, drafting.documents)
        yield from self._rows("renditions", rendition)
        yield from self._rows("attachments", attachment)
        yield from self._rows("annotations", annotation)
        yield from self._grouped("roles", owner_key, roles)
        yield from self._grouped("binders", drafting.key, drafting.binder)
        yield from self._rows("relationships", relationship)

    def _table(self, name: str) -> Path | None:
        """Find a table: JSON lines if there are, else CSV."""
        if is_table(self._source):
            return self._source if name == "documents" else None
        paths = (self._source / METADATA / f"{name}{end}" for end in (".jsonl", ".csv"))
        return next((path for path in paths if path.is_file()), None)

    def _rows(self, name: str, make: Callable[[Row], Draft]) -> Iterator[Draft]:
        path = self._table(name)
        for _, row in rows(path) if path else ():
            yield make(row)

    def _grouped(
        self,
        name: str,
        key: Callable[[Row], Key],
        make: Callable[[Ordered, str, list[Row]], Iterator[Draft]],
    ) -> Iterator[Draft]:
        path = self._table(name)
        if path is None:
            return
        with closing(Ordered(path, key)) as table:
            for owner, group in table.groups():
                yield from make(table, owner, group)


def is_table(source: Path) -> bool:
    """Whether a source is a table by itself, and no folder."""
    return source.suffix.lower() in {".csv", ".jsonl"}


def root_of(source: Path) -> Path:
    """Return the folder that the files of a source lie in."""
    return source.parent if is_table(source) else source
