"""Queries whose pages can still be asked for."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from attrs import define

from vaultio.sandbox.failures import invalid

LIFETIME_S = 72 * 60 * 60.0
KEPT = 1000


@define(kw_only=True)
class StoredQuery:
    """The rows that a query found, in order; *row* makes the answer's row of one of them."""

    id: str
    rows: Sequence[Any]
    row: Callable[[Any], dict[str, Any]]
    page_size: int
    last_used: float


class Queries:
    """The queries of the last 72 hours, the newest thousand of them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._queries: OrderedDict[str, StoredQuery] = OrderedDict()

    def add(
        self, rows: Sequence[Any], row: Callable[[Any], dict[str, Any]], page_size: int
    ) -> StoredQuery:
        """Keep what a query found."""
        query = StoredQuery(
            id=str(uuid.uuid4()),
            rows=rows,
            row=row,
            page_size=page_size,
            last_used=self._clock(),
        )
        self._queries[query.id] = query
        if len(self._queries) > KEPT:
            self._queries.popitem(last=False)
        return query

    def find(self, query_id: str) -> StoredQuery:
        """Return a query, or refuse because its pages are gone."""
        query = self._queries.get(query_id)
        now = self._clock()
        if query is None or now - query.last_used > LIFETIME_S:
            raise invalid(f"The query [{query_id}] has expired or does not exist.")
        query.last_used = now
        return query

    def expire_all(self) -> None:
        """Forget every page, as a new release of Vault may."""
        self._queries.clear()
