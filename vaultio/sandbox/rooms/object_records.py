"""Object records: one, and the collection."""

from __future__ import annotations

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import invalid
from vaultio.sandbox.rooms.metadata import summary
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.records import ObjectRecord, VaultObject

routes = Routes()


@routes.on("GET", "/vobjects/{object_name}/{record_id}")
async def retrieve_object_record(call: Call) -> JSON:
    """Return every field of one record."""
    vault_object = call.sandbox.records.find_object(call.ids["object_name"])
    record = call.sandbox.records.find(vault_object.name, call.ids["record_id"])
    details = {
        "object": summary(call, vault_object),
        "url": call.path("vobjects", vault_object.name, record.id),
    }
    return {"responseDetails": details, "data": record.values()}


@routes.on("GET", "/vobjects/{object_name}")
async def retrieve_object_record_collection(call: Call) -> JSON:
    """Return a page of records, with the links to the pages around it where there are any."""
    vault_object = call.sandbox.records.find_object(call.ids["object_name"])
    most = call.sandbox.settings.records_limit
    limit, offset = call.number("limit", most, most), call.number("offset", 0)
    fields = _fields(call, vault_object)
    records = _sorted(call, vault_object)
    url = call.path("vobjects", vault_object.name)
    details: JSON = {
        "total": len(records),
        "limit": limit,
        "object": {
            **summary(call, vault_object),
            "order": 2,
            "source": "standard",
            "status": ["active__v"],
            "in_menu": True,
            "allow_attachments": vault_object.allow_attachments,
        },
        "offset": offset,
        "url": url,
    }
    if offset > 0:
        details["previous_page"] = f"{url}?limit={limit}&offset={max(0, offset - limit)}"
    if limit and offset + limit < len(records):
        details["next_page"] = f"{url}?limit={limit}&offset={offset + limit}"
    rows = [record.values() for record in records[offset : offset + limit]]
    return {
        "responseDetails": details,
        "data": [{name: row.get(name) for name in fields} for row in rows],
    }


def _fields(call: Call, vault_object: VaultObject) -> list[str]:
    asked = [name.strip() for name in call.query.get("fields", "").split(",") if name.strip()]
    unknown = [name for name in asked if name not in vault_object.known_fields()]
    if unknown:
        raise invalid(f"Invalid value [{','.join(unknown)}] specified for parameter [fields]")
    return asked or ["id", "name__v"]


def _sorted(call: Call, vault_object: VaultObject) -> list[ObjectRecord]:
    name, _, direction = call.query.get("sort", "id").partition(" ")
    if name not in vault_object.known_fields():
        raise invalid(f"Invalid sort field [{name}]")
    return sorted(
        vault_object.records.values(),
        key=lambda record: str(record.values().get(name, "")),
        reverse=direction.lower() == "desc",
    )
