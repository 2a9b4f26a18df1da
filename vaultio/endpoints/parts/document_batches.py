"""Documents in bulk: many rows in few calls.

Reference: Bulk Documents API; Bulk Document Roles API. It shows neither columns nor answers; both
are taken from later references (supplement to the reference, 7).
"""

from __future__ import annotations

from vaultio.protocol.path import Path
from vaultio.protocol.request import delete, post, put
from vaultio.protocol.rows import migration
from vaultio.protocol.version import ApiVersion
from vaultio.transport import Caller, RowResults, Rows, in_batches
from vaultio.transport.batches import CONCURRENCY

BATCH = 500
LARGE_BATCH = 1000
DELETES_SINCE = ApiVersion(13, 0)


class DocumentBatches:
    """What `vault.documents` does with many documents at once.

    *rows* are mappings of field names to values from any iterable or async iterable, CSV text,
    or the path of a CSV file; they are read as they are needed. Each row gives one `RowResult`,
    in the order of the input. **Nothing is sent before the results are iterated**; when the
    first is out, *concurrency* calls may be under way. In each call the columns are the keys of
    all its rows; *id_param* is a unique field that rows are found by in place of ``id``.
    A row that failed is a result; a call that failed is an error whose notes name its rows.
    """

    _caller: Caller
    _root: Path

    def create_many(
        self, rows: Rows, *, migration_mode: bool = False, concurrency: int = CONCURRENCY
    ) -> RowResults:
        """Create documents, 500 a call.

        ``file`` is a path on the staging server, empty for a placeholder. *migration_mode* lets
        rows set states, version numbers and system fields; it needs a permission.

        ``POST /api/{version}/objects/documents/batch``
        Reference: Bulk Documents API › Create Documents in Bulk
        """
        request = post(self._root / "batch", headers=migration(migration_mode))
        return in_batches(self._caller, request, rows, size=BATCH, concurrency=concurrency)

    def update_many(
        self,
        rows: Rows,
        *,
        id_param: str | None = None,
        migration_mode: bool = False,
        concurrency: int = CONCURRENCY,
    ) -> RowResults:
        """Update the latest versions of documents, 1,000 a call.

        All rows of a call have the same keys, or it is refused: an empty cell may clear a field.

        ``PUT /api/{version}/objects/documents/batch``
        Reference: Bulk Documents API › Update Documents in Bulk
        """
        query, headers = {"idParam": id_param}, migration(migration_mode)
        request, calls = put(self._root / "batch", None, query, headers=headers), concurrency
        return in_batches(
            self._caller, request, rows, size=LARGE_BATCH, same_keys=True, concurrency=calls
        )

    def delete_many(
        self,
        rows: Rows,
        *,
        id_param: str | None = None,
        as_json: bool = False,
        concurrency: int = CONCURRENCY,
    ) -> RowResults:
        """Delete documents with all their versions, 500 a call; goes out at v13.0 at least.

        After a lost answer the call is repeated, and then rows fail that are deleted already.

        ``DELETE /api/{version}/objects/documents/batch``
        Reference: Bulk Documents API › Delete Documents
        """
        return self._delete(self._root / "batch", rows, id_param, as_json, concurrency)

    def add_many_versions(
        self,
        rows: Rows,
        *,
        id_param: str | None = None,
        migration_mode: bool = True,
        concurrency: int = CONCURRENCY,
    ) -> RowResults:
        """Add versions to documents, 500 a call; Vault demands *migration_mode*.

        Results have ``major_version_number__v`` and ``minor_version_number__v`` in `fields`.

        ``POST /api/{version}/objects/documents/versions/batch``
        Reference: Bulk Documents API › Add Document Versions in Bulk
        """
        path, query = self._root / "versions" / "batch", {"idParam": id_param}
        request = post(path, None, query, headers=migration(migration_mode))
        return in_batches(self._caller, request, rows, size=BATCH, concurrency=concurrency)

    def delete_many_versions(
        self,
        rows: Rows,
        *,
        id_param: str | None = None,
        as_json: bool = False,
        concurrency: int = CONCURRENCY,
    ) -> RowResults:
        """Delete versions of documents, 500 a call; goes out at v13.0 at least.

        A row is an id, ``major_version_number__v`` and ``minor_version_number__v``.

        ``DELETE /api/{version}/objects/documents/versions/batch``
        Reference: Bulk Documents API › Delete Document Versions
        """
        path = self._root / "versions" / "batch"
        return self._delete(path, rows, id_param, as_json, concurrency)

    def add_many_renditions(
        self,
        rows: Rows,
        *,
        id_param: str | None = None,
        migration_mode: bool = True,
        large_assets: bool | None = None,
        concurrency: int = CONCURRENCY,
    ) -> RowResults:
        """Add renditions, 500 a call; Vault demands *migration_mode* or *large_assets*.

        A row is an id, the version's numbers, ``rendition_type__v`` and ``file``, a path on the
        staging server.

        ``POST /api/{version}/objects/documents/renditions/batch``
        Reference: Bulk Documents API › Add Document Renditions in Bulk
        """
        query = {"idParam": id_param, "largeSizeAsset": large_assets}
        headers = migration(migration_mode and not large_assets)
        request = post(self._root / "renditions" / "batch", None, query, headers=headers)
        return in_batches(self._caller, request, rows, size=BATCH, concurrency=concurrency)

    def delete_many_renditions(
        self,
        rows: Rows,
        *,
        id_param: str | None = None,
        as_json: bool = False,
        concurrency: int = CONCURRENCY,
    ) -> RowResults:
        """Delete renditions, 500 a call; goes out at v13.0 at least.

        A row is an id, the version's numbers and ``rendition_type__v``.

        ``DELETE /api/{version}/objects/documents/renditions/batch``
        Reference: Bulk Documents API › Delete Document Renditions
        """
        path = self._root / "renditions" / "batch"
        return self._delete(path, rows, id_param, as_json, concurrency)

    def assign_many_roles(self, rows: Rows, *, concurrency: int = CONCURRENCY) -> RowResults:
        """Add users and groups to roles of documents, 1,000 a call.

        A row is an id and columns such as ``reviewer__v.users``, with ids separated by commas.
        Vault ignores users and groups that it does not know, and says nothing.

        ``POST /api/{version}/objects/documents/roles/batch``
        Reference: Bulk Document Roles API › Assign Users & Groups to Document Roles in Bulk
        """
        request = post(self._root / "roles" / "batch")
        return in_batches(self._caller, request, rows, size=LARGE_BATCH, concurrency=concurrency)

    def remove_many_roles(self, rows: Rows, *, concurrency: int = CONCURRENCY) -> RowResults:
        """Remove users and groups from roles of documents, 1,000 a call; see `assign_many_roles`.

        ``DELETE /api/{version}/objects/documents/roles/batch``
        Reference: Bulk Document Roles API › Remove Users & Groups from Document Roles in Bulk
        """
        request = delete(self._root / "roles" / "batch")
        return in_batches(self._caller, request, rows, size=LARGE_BATCH, concurrency=concurrency)

    def _delete(
        self, path: Path, rows: Rows, id_param: str | None, as_json: bool, concurrency: int
    ) -> RowResults:
        request = delete(path, None, {"idParam": id_param}, since=DELETES_SINCE)
        return in_batches(
            self._caller, request, rows, size=BATCH, as_json=as_json, concurrency=concurrency
        )
