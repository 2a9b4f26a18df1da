"""Object records and what belongs to them.

Reference: Object Records; Bulk Object Records API; Attachments on Object Records
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vaultio.endpoints.parts import Attachments
from vaultio.endpoints.room import Room
from vaultio.models import ObjectRecord
from vaultio.protocol.object_records import deleted, deletion, field_list, records_page
from vaultio.protocol.path import Path
from vaultio.protocol.readers import one
from vaultio.protocol.request import Request, delete, post, put
from vaultio.protocol.rows import UnchangedFields, migration
from vaultio.transport import Caller, Page, Pages, RowResults, Rows, in_batches
from vaultio.transport.batches import CONCURRENCY
from vaultio.transport.pages import check_page

BATCH = 500
LARGEST_PAGE = 200


class ObjectRecords(Room):
    """The records of Vault's objects, such as ``site__v``.

    The bulk calls take *rows* as `vault.documents.create_many` does, and give one `RowResult` a
    row, in the order of the input; **nothing is sent before the results are iterated**. With
    *as_json* rows go out as JSON and not as CSV: then a key that a row has not is left alone,
    and None is null.
    """

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root = Path() / "vobjects"

    def retrieve_all(
        self,
        object_name: str,
        *,
        fields: Iterable[str] | None = None,
        sort: str | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> Pages[ObjectRecord]:
        """Retrieve the records of an object, in pages of at most 200.

        *fields* are names of fields beside ``id``; by default there is ``name__v`` alone. *sort*
        is a field and an order, such as ``"name__v asc"``; *offset* the record to begin at, from
        0; *limit* the size of a page, 1 to 200. Newer versions have VQL in its place.

        ``GET /api/{version}/vobjects/{object_name}``
        Reference: Object Records › Retrieve Object Record Collection
        """
        size = check_page(offset, limit, LARGEST_PAGE)
        query = {"fields": field_list(fields), "sort": sort, "limit": limit}
        path = self._root / object_name
        return Pages(lambda place: self._page(path, query, place, size), offset)

    async def retrieve(self, object_name: str, record_id: str) -> ObjectRecord:
        """Retrieve one record with all its fields.

        ``GET /api/{version}/vobjects/{object_name}/{record_id}``
        Reference: Object Records › Retrieve Object Record
        """
        path = self._root / object_name / record_id
        return await self._caller.get(path, one("data", ObjectRecord))

    async def delete(self, object_name: str, record_id: str) -> None:
        """Delete one record. From v25.2 on it goes out as the one row of a bulk delete.

        ``DELETE /api/{version}/vobjects/{object_name}/{record_id}``
        Reference: Object Records › Delete Object Record
        """
        request = deletion(self._caller.version, self._root / object_name, record_id)
        await self._caller.send(request, deleted)

    def create_many(
        self,
        object_name: str,
        rows: Rows,
        *,
        id_param: str | None = None,
        as_json: bool = False,
        migration_mode: bool = False,
        no_triggers: bool = False,
        unchanged_fields: UnchangedFields | None = None,
        concurrency: int = CONCURRENCY,
    ) -> RowResults:
        """Create records, 500 a call; with *id_param* those that are there are updated.

        *id_param* is a unique field; two rows of a call with one value of it fail the whole
        call. `fields` of a result has the ``event``: ``created__sys`` or ``updated__sys``.

        ``POST /api/{version}/vobjects/{object_name}``
        Reference: Bulk Object Records API › Create Object Records in Bulk
        """
        headers = migration(migration_mode, no_triggers=no_triggers, unchanged=unchanged_fields)
        request = post(self._root / object_name, None, {"idParam": id_param}, headers=headers)
        is_upsert = id_param is not None
        return self._in_batches(request, rows, as_json, concurrency, same_keys=is_upsert)

    def update_many(
        self,
        object_name: str,
        rows: Rows,
        *,
        id_param: str | None = None,
        as_json: bool = False,
        migration_mode: bool = False,
        no_triggers: bool = False,
        unchanged_fields: UnchangedFields | None = None,
        concurrency: int = CONCURRENCY,
    ) -> RowResults:
        """Update records by ``id`` or the unique field *id_param*, 500 a call.

        A record that is in two rows of a call fails in both. In CSV all rows of a call have the
        same keys, or it is refused: an empty cell may clear a field.

        ``PUT /api/{version}/vobjects/{object_name}``
        Reference: Bulk Object Records API › Update Object Records in Bulk
        """
        headers = migration(migration_mode, no_triggers=no_triggers, unchanged=unchanged_fields)
        request = put(self._root / object_name, None, {"idParam": id_param}, headers=headers)
        return self._in_batches(request, rows, as_json, concurrency, same_keys=True)

    def delete_many(
        self,
        object_name: str,
        rows: Rows,
        *,
        id_param: str | None = None,
        as_json: bool = False,
        concurrency: int = CONCURRENCY,
    ) -> RowResults:
        """Delete records by ``id`` or the unique field *id_param*, 500 a call.

        ``DELETE /api/{version}/vobjects/{object_name}``
        Source: API 26.2 reference, Vault Objects › Delete Object Records
        """
        request = delete(self._root / object_name, None, {"idParam": id_param})
        return self._in_batches(request, rows, as_json, concurrency)

    def attachments(self, object_name: str, record_id: str) -> Attachments:
        """Enter the attachments of one record."""
        return Attachments(self._caller, self._root / object_name / record_id)

    async def _page(
        self, path: Path, query: Mapping[str, object], place: int, size: int
    ) -> tuple[Page[ObjectRecord], int | None]:
        page = await self._caller.get(path, records_page, **query, offset=place or None)
        reached = place + len(page.items)
        return Page(page.items, page.total), None if page.ends_at(reached, size) else reached

    def _in_batches(
        self,
        request: Request,
        rows: Rows,
        as_json: bool,
        concurrency: int,
        *,
        same_keys: bool = False,
    ) -> RowResults:
        return in_batches(
            self._caller,
            request,
            rows,
            size=BATCH,
            numbers=False,
            as_json=as_json,
            same_keys=same_keys,
            concurrency=concurrency,
        )
