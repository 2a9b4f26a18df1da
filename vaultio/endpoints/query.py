"""VQL.

Reference: Query. Source for the paging: supplement to the reference, 3.
"""

from __future__ import annotations

from typing import TypeVar, overload

from vaultio.endpoints.room import Room
from vaultio.errors import InvalidArgumentError
from vaultio.models import Model
from vaultio.protocol.columns import selected
from vaultio.protocol.convert import structure_all
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.readers import Reader, Row
from vaultio.protocol.vql import (
    LONGEST_QUERY,
    Place,
    QueryAnswer,
    next_place,
    query_request,
    query_rows,
)
from vaultio.transport import Page, Pages

T = TypeVar("T")
M = TypeVar("M", bound=Model)


class Query(Room):
    """Asks the vault in VQL."""

    @overload
    def __call__(self, vql: str) -> Pages[Row]: ...

    @overload
    def __call__(self, vql: str, kind: type[M]) -> Pages[M]: ...

    def __call__(self, vql: str, kind: type[M] | None = None) -> Pages[Row] | Pages[M]:
        """Ask in VQL; rows are mappings with Vault's names, in the answer's order.

        With a *kind*, a class of yours made from `Model`, they are values of it. A row that
        cannot be one is an `UnreadableReplyError`.

        Each page is a call. The pages follow Vault's own links, on the vault's host alone; rows
        that a list without links still has are asked for by offset.

        ``POST /api/{version}/query``
        Reference: Query
        """
        if not vql.strip() or len(vql) > LONGEST_QUERY:
            raise InvalidArgumentError(f"a query has 1 to {LONGEST_QUERY} characters")

        def as_rows(envelope: Envelope) -> tuple[QueryAnswer, tuple[Row, ...]]:
            answer = query_rows(envelope)
            return answer, answer.rows

        if kind is None:
            return self._pages(vql, as_rows)
        wanted = kind

        def as_values(envelope: Envelope) -> tuple[QueryAnswer, tuple[M, ...]]:
            answer = query_rows(envelope)
            return answer, structure_all(answer.rows, wanted, where="data")

        return self._pages(vql, as_values)

    def _pages(self, vql: str, read: Reader[tuple[QueryAnswer, tuple[T, ...]]]) -> Pages[T]:
        """Ask for page after page, and let *read* make of each what is wanted."""

        async def page(place: Place) -> tuple[Page[T], Place | None]:
            request = query_request(place, self._caller.version)
            answer, items = await self._caller.send(request, read)
            return Page(items, answer.total), next_place(place, answer)

        return Pages(page, Place(vql), selected(vql))
