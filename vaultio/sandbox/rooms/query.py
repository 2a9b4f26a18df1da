"""Queries in VQL and their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from attrs import frozen

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError, invalid, missing
from vaultio.sandbox.rooms.documents import describe
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import Document, DocumentVersion
from vaultio.sandbox.stores.external_ids import FIELD
from vaultio.sandbox.stores.queries import StoredQuery
from vaultio.sandbox.versions import V20_3
from vaultio.sandbox.vql.parser import Query, parse

routes = Routes()
MAX_CHARACTERS = 50_000
# What a document may be asked for even if no document here has a value.
_DOCUMENT_FIELDS = {
    *("id", "name__v", "title__v", "document_number__v", "type__v", "lifecycle__v", "status__v"),
    *("major_version_number__v", "minor_version_number__v", "binder__v", "created_by__v"),
    *("filename__v", "size__v", "md5checksum__v", "format__v", "latest_version__v"),
}


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
    source = _source(call, query)
    unknown = sorted(source.unknown(query.tested.union(query.fields)))
    if unknown:
        raise invalid(f"Unknown field [{', '.join(unknown)}] for [{query.target}].")
    found = _ordered([row for row in source.rows if _holds(query, source, row)], query, source)
    size, offset = _numbers(call, query)
    stored = call.sandbox.queries.add(
        found[: query.numbers.get("MAXROWS")], _projection(query, source), size
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


@frozen(kw_only=True)
class _Source:
    """Rows to choose from: *tested* reads what a choice needs of one, *shown* what an answer does.

    *unknown* picks the names that are no fields.
    """

    rows: Iterable[Any]
    tested: Callable[[Any], dict[str, Any]]
    shown: Callable[[Any], dict[str, Any]]
    unknown: Callable[[set[str]], set[str]]


def _source(call: Call, query: Query) -> _Source:
    sandbox, target = call.sandbox, query.target
    if target in ("documents", "binders"):
        return _documents(call, query)
    if target not in {one.name for one in sandbox.records}:
        raise RefusedError("INCORRECT_QUERY_SYNTAX_ERROR", f"Unknown query target [{target}].")
    vault_object = sandbox.records[target]
    return _Source(
        rows=vault_object.records.values(),
        tested=lambda record: record.values(),
        shown=lambda record: record.values(),
        unknown=lambda names: names - vault_object.known_fields(),
    )


def _documents(call: Call, query: Query) -> _Source:
    """Read the latest version of each document, or all of them."""
    rows = (
        (document, version)
        for document in _candidates(call, query)
        if document.binder or query.target != "binders"
        for version in (document.versions if query.all_versions else [document.latest])
    )

    def values_of(fields: Iterable[str], row: tuple[Document, DocumentVersion]) -> dict[str, Any]:
        document, version = row
        # A checksum is reckoned from the whole file, so only if somebody wants it.
        values = describe(document, version, checksum="md5checksum__v" in fields)
        return {"latest_version__v": version is document.latest, **values}

    return _Source(
        rows=rows,
        tested=partial(values_of, query.tested),
        shown=partial(values_of, query.fields),
        unknown=partial(_unknown, call),
    )


def _candidates(call: Call, query: Query) -> Iterable[Document]:
    """Return all documents, or the few that can be meant where the query names them."""
    documents = call.sandbox.documents
    wanted = query.condition.wanted if query.condition else {}
    if "id" in wanted:
        numbers = {int(one) for one in map(str, wanted["id"]) if one.isdecimal()}
        return [documents[one] for one in sorted(numbers) if one in documents]
    if FIELD in wanted:
        owners = (documents.with_external_id(one) for one in wanted[FIELD])
        found = {one.id: one for one in owners if one is not None}
        return [found[one] for one in sorted(found)]
    return documents


def _unknown(call: Call, names: set[str]) -> set[str]:
    """Pick what is no field: none of Vault's, of any type's, and of no document here."""
    types = call.sandbox.document_types
    rest = names - _DOCUMENT_FIELDS - {one["name"] for one in types.all_fields()}
    for document in call.sandbox.documents if rest else ():
        rest -= describe(document, checksum=False).keys()
        for version in document.versions:
            rest -= version.fields.keys()
    return rest


def _holds(query: Query, source: _Source, row: Any) -> bool:
    return query.condition is None or query.condition.holds(source.tested(row))


def _ordered(rows: list[Any], query: Query, source: _Source) -> list[Any]:
    # Sorting is stable, so the field that counts most goes last.
    for name, descending in reversed(query.order):
        rows.sort(key=lambda row: _sort_key(source.tested(row).get(name)), reverse=descending)
    return rows


def _sort_key(value: Any) -> tuple[bool, float, str]:
    if isinstance(value, int | float):
        return value is not None, float(value), ""
    return value is not None, 0.0, "" if value is None else str(value)


def _projection(query: Query, source: _Source) -> Callable[[Any], dict[str, Any]]:
    def row_of(row: Any) -> dict[str, Any]:
        values = source.shown(row)
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
