"""Lists that come in pages: ``await`` for the first, ``async for`` for every item."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from anyio.to_thread import run_sync
from attrs import frozen

from vaultio.display import rows_html, short_repr
from vaultio.errors import InvalidArgumentError
from vaultio.models.wire import Model
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.path import Path
from vaultio.protocol.readers import Reader, whole_number

if TYPE_CHECKING:
    import pyarrow

    from vaultio.transport.caller import Caller

T = TypeVar("T")
_SHOWN = 3


@frozen
class Page(Generic[T]):
    """One page: its `items` in Vault's order, and how many there are in all (None: unsaid)."""

    items: tuple[T, ...]
    total: int | None = None

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        shown = [short_repr(item) for item in self.items[:_SHOWN]]
        shown += ["…"] if len(self.items) > _SHOWN else []
        return f"<Page: {self._counted}: {', '.join(shown)}>" if shown else "<Page: no items>"

    def _repr_html_(self) -> str:
        """Show a table in a notebook: a row an item."""
        rows = [_row(item) for item in self.items]
        return rows_html(self._counted, rows)

    @property
    def _counted(self) -> str:
        return f"{len(self.items):,} of {'?' if self.total is None else f'{self.total:,}'} items"


class Pages(Generic[T]):
    """All pages of a list, fetched as they are needed.

    ``await pages`` fetches the first page alone; ``async for item in pages`` goes through the
    items of all, ``async for page in pages.pages()`` through the pages. A page that fails raises;
    it never ends the list. Iterating again asks again.
    """

    def __init__(
        self,
        fetch: Callable[[Any], Awaitable[tuple[Page[T], Any]]],
        first: Any,
        columns: tuple[str, ...] = (),
    ) -> None:
        """Take *fetch*: from where a page begins to the page and where the next begins.

        None ends the list; *first* is where it begins.
        """
        self._fetch = fetch
        self._first = first
        self.columns = columns
        """What each item has, as far as that is known before the first comes: for tables."""

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return self._first_page().__await__()

    async def _first_page(self) -> Page[T]:
        page, _ = await self._fetch(self._first)
        return page

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Go through the pages."""
        place = self._first
        while place is not None:
            page, place = await self._fetch(place)
            yield page

    async def step(self, place: Any = None) -> tuple[Page[T], Any]:
        """Fetch the page at *place* (None: the first) and say where the next begins.

        For who goes on later: None is said of the last page, else a value of the list's own.
        """
        return await self._fetch(self._first if place is None else place)

    def __repr__(self) -> str:
        return "<Pages: await for the first page, async for every item>"

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page.items:
                yield item

    async def all(self) -> list[T]:
        """Fetch everything into one list: for what is known to be small."""
        return [item async for item in self]

    async def to_arrow(self) -> pyarrow.Table:
        """Fetch everything into an Arrow table, which polars and pandas take as it is.

        Needs ``vaultio[arrow]``. Columns come in the order of the query, and all of them even if
        there is no row; values by Vault's names. `vaultio.integrations.arrow.table_of` says which
        types there are. Pages are turned into columns as they come, in a thread.
        """
        from vaultio.tables import TableBuilder

        builder = await run_sync(TableBuilder, self.columns)
        async for page in self.pages():
            await run_sync(builder.add, page.items)
        return await run_sync(builder.table)


def _row(item: Any) -> Mapping[str, Any]:
    """Make a row for a notebook's eyes: a mapping is one, of a value what it says of itself."""
    if isinstance(item, Mapping):
        return item
    return {**item._facts(), **item.fields} if isinstance(item, Model) else {"": item}


def by_offset(
    caller: Caller,
    path: Path,
    read: Reader[tuple[T, ...]],
    query: Mapping[str, object],
    start: int,
    limit: int | None,
    *,
    largest: int,
    capped: bool = True,
) -> Pages[T]:
    """Make pages of a list that steps by ``start`` and ``limit``, *largest* rows at most.

    Where a page may be larger, but nobody knows how large, it is not *capped*; then one of fewer
    than *largest* rows is surely the last, and no other.
    """
    size = check_page(start, limit, largest, capped=capped)

    async def fetch(place: int) -> tuple[Page[T], int | None]:
        def both(envelope: Envelope) -> tuple[tuple[T, ...], Envelope]:
            return read(envelope), envelope

        asked = {**query, "start": place or None, "limit": limit}
        items, envelope = await caller.get(path, both, **asked)
        total, reached = _total(envelope, len(items)), place + len(items)
        # A server may cap a page below what was asked for; then it says so.
        full = min(size, whole_number(envelope.payload.get("limit")) or size)
        return Page(items, total), None if _is_last(len(items), full, reached, total) else reached

    return Pages(fetch, start)


def check_page(start: int, limit: int | None, largest: int, *, capped: bool = True) -> int:
    """Refuse a page that cannot be meant; return how many rows a full one has at least."""
    if limit is not None and limit < 1:
        raise InvalidArgumentError(f"limit is the size of a page, 1 or more, not {limit}")
    if limit is not None and capped and limit > largest:
        raise InvalidArgumentError(f"limit is the size of a page, 1 to {largest}, not {limit}")
    if start < 0:
        raise InvalidArgumentError(f"a list begins at a row from 0 on, not at {start}")
    return min(limit or largest, largest)


def _is_last(count: int, size: int, reached: int, total: int | None) -> bool:
    """Whether a page ends the list: it is empty, or short with nothing more announced.

    Vault's ``size`` is the whole list's length here and the page's there; so it can tell that
    there is more, but never that there is not, and a full page is followed by one more call.
    """
    return count == 0 or (count < size and (total is None or reached >= total))


def _total(envelope: Envelope, count: int) -> int | None:
    """Read how many items there are in all; a ``size`` that is the page's own says nothing."""
    total, size = (whole_number(envelope.payload.get(key)) for key in ("total", "size"))
    if total is None and size is not None and size > count:
        return size
    return total
