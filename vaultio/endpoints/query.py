"""VQL.

Reference: Query. Source for the paging: supplement to the reference, 3.
"""

from __future__ import annotations

from vaultio.endpoints.room import Room
from vaultio.errors import InvalidArgumentError
from vaultio.protocol.readers import Row
from vaultio.protocol.vql import LONGEST_QUERY, Place, next_place, query_request, query_rows
from vaultio.transport import Page, Pages


class Query(Room):
    """Asks the vault in VQL."""

    def __call__(self, vql: str) -> Pages[Row]:
        """Ask in VQL; rows are mappings with Vault's names, in the answer's order.

        Each page is a call. The pages follow Vault's own links, on the vault's host alone; rows
        that a list without links still has are asked for by offset.

        ``POST /api/{version}/query``
        Reference: Query
        """
        if not vql.strip() or len(vql) > LONGEST_QUERY:
            raise InvalidArgumentError(f"a query has 1 to {LONGEST_QUERY} characters")
        return Pages(self._page, Place(vql))

    async def _page(self, place: Place) -> tuple[Page[Row], Place | None]:
        answer = await self._caller.send(query_request(place, self._caller.version), query_rows)
        return Page(answer.rows, answer.total), next_place(place, answer)
