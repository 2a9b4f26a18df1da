"""Object records: created, updated and deleted, one or in bulk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError, missing
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.rows import CSV, JSON_TYPE, Row, answer_rows, read_rows, take
from vaultio.sandbox.stores.records import ObjectRecord, VaultObject, missing_object

routes = Routes()
ROOT = "/vobjects/{object_name}"
MOST = 500
_FIXED = frozenset({"id", "created_by__v", "created_date__v", "modified_by__v", "modified_date__v"})


def _answer(call: Call, vault_object: VaultObject, record_id: str, value: Any, **more: str) -> JSON:
    """Say what became of a row; in answers about records that is wrapped once more."""
    said = {"id": record_id, "url": call.path("vobjects", vault_object.name, record_id), **more}
    return {"data": {**said, **_named(call, value)}}


def _named(call: Call, value: Any) -> JSON:
    return {"id_param_value": value} if call.query.get("idParam") else {}


def _named_anyway(call: Call) -> Callable[[Row], JSON]:
    """Name the record of a row that failed too, if rows are found by a unique field."""
    unique = call.query.get("idParam")
    return lambda row: {"data": {"id_param_value": row.get(unique)}} if unique else {}


def _find(call: Call, vault_object: VaultObject, row: Row) -> ObjectRecord | None:
    """Find the record of a row, by its id or by the unique field of ``idParam``."""
    unique = call.query.get("idParam")
    if not unique:
        return vault_object.records.get(take(row, "id")[0])
    value = str(row.get(unique) or "")
    if not value:
        raise missing(unique)
    found = vault_object.records.values()
    return next((one for one in found if str(one.values().get(unique)) == value), None)


def _check(vault_object: VaultObject, row: Row) -> None:
    unknown = row.keys() - vault_object.known_fields()
    for name in sorted(unknown | (row.keys() & _FIXED)):
        raise RefusedError("ATTRIBUTE_NOT_SUPPORTED", f"Attribute [{name}] is not supported.")
    if row.get("name__v", "") is None:
        raise missing("name__v")


def _set(record: ObjectRecord, row: Row) -> None:
    record.name = str(row.pop("name__v", record.name))
    record.fields.update(row)


@routes.on("POST", ROOT, since="v8.0")
async def create_object_records_in_bulk(call: Call) -> JSON:
    """Create records; with ``idParam`` those that are there are updated."""
    vault_object = call.sandbox.records.find_object(call.ids["object_name"])
    rows = await read_rows(call, MOST, CSV, JSON_TYPE)
    unique = call.query.get("idParam")
    values = [row.get(unique) for row in rows] if unique else []
    if len(set(values)) < len(values):
        raise RefusedError("INVALID_DATA", f"Duplicate values of [{unique}] in the input.")

    async def create(row: Row) -> JSON:
        value = row.get(unique) if unique else None
        record = _find(call, vault_object, row) if unique else None
        _check(vault_object, row)
        event = "updated__sys"
        if record is None:
            name, event = take(row, "name__v")[0], "created__sys"
            record = vault_object.records[call.sandbox.records.add(vault_object.name, name)]
        _set(record, row)
        return _answer(call, vault_object, record.id, value, event=event)

    return await answer_rows(rows, create, _named_anyway(call))


@routes.on("PUT", ROOT, since="v8.0")
async def update_object_records_in_bulk(call: Call) -> JSON:
    """Set fields of records; one that is named twice fails in each of its rows."""
    vault_object = call.sandbox.records.find_object(call.ids["object_name"])
    rows = await read_rows(call, MOST, CSV, JSON_TYPE)
    key = call.query.get("idParam") or "id"
    named = [str(row.get(key)) for row in rows]

    async def update(row: Row) -> JSON:
        value = row.get(key)
        if named.count(str(value)) > 1:
            raise RefusedError("INVALID_DATA", f"[{value}] stands in several rows.")
        record = _find(call, vault_object, row)
        if record is None:
            raise missing_object(str(value))
        row.pop("id", None)
        _check(vault_object, row)
        _set(record, row)
        return _answer(call, vault_object, record.id, value)

    return await answer_rows(rows, update, _named_anyway(call))


@routes.on("DELETE", ROOT)
async def delete_object_records_in_bulk(call: Call) -> JSON:
    """Delete records; later than the v11.0 reference."""
    vault_object = call.sandbox.records.find_object(call.ids["object_name"])
    rows = await read_rows(call, MOST, CSV, JSON_TYPE)
    key = call.query.get("idParam") or "id"

    async def delete(row: Row) -> JSON:
        value = row.get(key)
        record = _find(call, vault_object, row)
        if record is None:
            raise missing_object(str(value))
        call.sandbox.records.delete(vault_object.name, record.id)
        return _answer(call, vault_object, record.id, value)

    return await answer_rows(rows, delete, _named_anyway(call))


@routes.on("DELETE", f"{ROOT}/{{record_id}}", since="v8.0")
async def delete_object_record(call: Call) -> JSON:
    """Delete one record; no more is said than that."""
    record = call.sandbox.records.find(call.ids["object_name"], call.ids["record_id"])
    call.sandbox.records.delete(call.ids["object_name"], record.id)
    return {}
