"""Lists that come in pages: ``await`` for the first, ``async for`` for every item."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from typing import Any, Generic, TypeVar

from attrs import frozen

T = TypeVar("T")


@frozen
class Page(Generic[T]):
    """One page: its `items` in Vault's order, and how many there are in all (None: unsaid)."""

    items: tuple[T, ...]
    total: int | None = None

    def __len__(self) -> int:
        return len(self.items)


class Pages(Generic[T]):
    """All pages of a list, fetched as they are needed.

    ``await pages`` fetches the first page alone; ``async for item in pages`` goes through the
    items of all, ``async for page in pages.pages()`` through the pages. A page that fails raises;
    it never ends the list. Iterating again asks again.
    """

    def __init__(self, fetch: Callable[[Any], Awaitable[tuple[Page[T], Any]]], first: Any) -> None:
        """Take *fetch*: from where a page begins to the page and where the next begins.

        None ends the list; *first* is where it begins.
        """
        self._fetch = fetch
        self._first = first

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

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page.items:
                yield item

    async def all(self) -> list[T]:
        """Fetch everything into one list: for what is known to be small."""
        return [item async for item in self]
