"""Queries in VQL and their pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError, invalid, missing
from vaultio.sandbox.rooms.documents import describe
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import Document, DocumentVersion
from vaultio.sandbox.stores.queries import StoredQuery
from vaultio.sandbox.versions import V20_3
from vaultio.sandbox.vql.parser import Query, parse

routes = Routes()
MAX_CHARACTERS = 50_000
# What a document may be asked for even if no document here has a value.
_DOCUMENT_FIELDS = {
    *("id", "name__v", "title__v", "document_number__v", "type__v", "lifecycle__v", "status__v"),
    *("major_version_number__v", "minor_version_number__v", "binder__v", "created_by__v"),
    *("filename__v", "size__v", "md5checksum__v", "format__v"),
}
_Rows: TypeAlias = tuple[list[Any], Callable[[Any], dict[str, Any]], set[str]]


@routes.on("POST", "/query")
@routes.on("GET", "/query")
async def submit_query(call: Call) -> JSON:
    """Run a query and return its first page."""
    values = call.query if call.request.method == "GET" else (await call.form()).values
    text = values.get("q", "")
    if not text.strip():
        raise missing("q")
    if len(text) > MAX_CHARACTERS:
        raise invalid(f"The query is longer than {MAX_CHARACTERS} characters.")
    query = parse(text, call.version)
    rows, values_of, known = _source(call, query)
    unknown = sorted(query.mentioned - known)
    if unknown:
        raise invalid(f"Unknown field [{', '.join(unknown)}] for [{query.target}].")
    found = _ordered([row for row in rows if _holds(query, values_of, row)], query, values_of)
    size, offset = _numbers(call, query)
    stored = call.sandbox.queries.add(
        found[: query.numbers.get("MAXROWS")], _projection(query, values_of), size
    )
    return _page(call, stored, size, offset)


@routes.on("POST", "/query/{query_id}")
@routes.on("GET", "/query/{query_id}")
async def retrieve_query_page(call: Call) -> JSON:
    """Return another page of a query; the documentation says POST, clients send GET."""
    stored = call.sandbox.queries.find(call.ids["query_id"])
    size_key, offset_key = _keys(call)
    size = call.number(size_key, stored.page_size, stored.page_size)
    return _page(call, stored, size, call.number(offset_key, 0))


def _source(call: Call, query: Query) -> _Rows:
    """Return the rows of the target, how to read one, and the names of its fields."""
    sandbox, target = call.sandbox, query.target
    if target in ("documents", "binders"):
        return _documents(call, query)
    if target not in {one.name for one in sandbox.records}:
        raise RefusedError("INCORRECT_QUERY_SYNTAX_ERROR", f"Unknown query target [{target}].")
    vault_object = sandbox.records[target]
    records = list(vault_object.records.values())
    return records, lambda record: record.values(), vault_object.known_fields()


def _documents(call: Call, query: Query) -> _Rows:
    """Return the latest version of each document, or all of them."""
    documents = (one for one in call.sandbox.documents if one.binder or query.target != "binders")
    rows = [
        (document, version)
        for document in documents
        for version in (document.versions if query.all_versions else [document.latest])
    ]
    # A checksum is reckoned from the whole file, so only if somebody wants it.
    checksum = "md5checksum__v" in query.mentioned
    known = _DOCUMENT_FIELDS.union(one["name"] for one in call.sandbox.document_types.all_fields())
    known.update(["latest_version__v"], *(describe(*row, checksum=False) for row in rows))

    def values_of(row: tuple[Document, DocumentVersion]) -> dict[str, Any]:
        document, version = row
        latest = {"latest_version__v": version is document.latest}
        return latest | describe(document, version, checksum=checksum)

    return rows, values_of, known


def _holds(query: Query, values_of: Callable[[Any], dict[str, Any]], row: Any) -> bool:
    return query.condition is None or query.condition(values_of(row))


def _ordered(
    rows: list[Any], query: Query, values_of: Callable[[Any], dict[str, Any]]
) -> list[Any]:
    # Sorting is stable, so the field that counts most goes last.
    for name, descending in reversed(query.order):
        rows.sort(key=lambda row: _sort_key(values_of(row).get(name)), reverse=descending)
    return rows


def _sort_key(value: Any) -> tuple[bool, float, str]:
    if isinstance(value, int | float):
        return value is not None, float(value), ""
    return value is not None, 0.0, "" if value is None else str(value)


def _projection(
    query: Query, values_of: Callable[[Any], dict[str, Any]]
) -> Callable[[Any], dict[str, Any]]:
    def row_of(row: Any) -> dict[str, Any]:
        values = values_of(row)
        return {name: values.get(name) for name in query.fields}

    return row_of


def _keys(call: Call) -> tuple[str, str]:
    return ("limit", "offset") if call.version < V20_3 else ("pagesize", "pageoffset")


def _numbers(call: Call, query: Query) -> tuple[int, int]:
    settings = call.sandbox.settings
    on_documents = query.target in ("documents", "binders")
    most = settings.query_page_documents if on_documents else settings.query_page_objects
    size = query.numbers.get("LIMIT", query.numbers.get("PAGESIZE", most))
    return min(size, most), query.numbers.get("OFFSET", query.numbers.get("PAGEOFFSET", 0))


def _page(call: Call, stored: StoredQuery, size: int, offset: int) -> JSON:
    size_key, offset_key = _keys(call)
    page = stored.rows[offset : offset + size]
    details: JSON = {
        size_key: size,
        offset_key: offset,
        "size": len(page),
        "total": len(stored.rows),
    }
    address = call.path("query", stored.id)
    if offset > 0:
        before = max(0, offset - size)
        details["previous_page"] = f"{address}?{size_key}={size}&{offset_key}={before}"
    if size and offset + size < len(stored.rows):
        details["next_page"] = f"{address}?{size_key}={size}&{offset_key}={offset + size}"
    return {"responseDetails": details, "data": [stored.row(row) for row in page]}
