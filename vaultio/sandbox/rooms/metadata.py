"""Metadata of objects and of their fields."""

from __future__ import annotations

from vaultio.sandbox.call import Call
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.records import VaultObject, missing_object

routes = Routes()
_CREATED = "2014-02-03T20:12:29.000Z"


def summary(call: Call, vault_object: VaultObject) -> JSON:
    """Return an object as other answers name it."""
    return {
        "url": call.path("metadata", "vobjects", vault_object.name),
        "label": vault_object.label,
        "name": vault_object.name,
        "prefix": vault_object.prefix,
        "label_plural": vault_object.label_plural,
    }


@routes.on("GET", "/metadata/vobjects")
async def retrieve_object_collection(call: Call) -> JSON:
    """List all objects in brief, with their texts in all languages if asked for."""
    return {
        "objects": [
            {
                **summary(call, one),
                "source": "standard",
                "status": ["active__v"],
                "in_menu": True,
                "allow_attachments": one.allow_attachments,
                **_localized(call, one.localized, "label", "label_plural"),
            }
            for one in call.sandbox.records
        ]
    }


@routes.on("GET", "/metadata/vobjects/{object_name}")
async def retrieve_object(call: Call) -> JSON:
    """Describe an object; the link to attachments is there only if they are enabled."""
    vault_object = call.sandbox.records.find_object(call.ids["object_name"])
    fields = sorted(vault_object.known_fields())
    return {
        "object": {
            "created_date": _CREATED,
            "created_by": 1,
            "allow_attachments": vault_object.allow_attachments,
            "auditable": True,
            "modified_date": _CREATED,
            "status": ["active__v"],
            "urls": _urls(call, vault_object),
            "label_plural": vault_object.label_plural,
            "role_overrides": False,
            "label": vault_object.label,
            "in_menu": True,
            "help_content": None,
            "source": "standard",
            "order": None,
            "modified_by": 46916,
            "description": None,
            "name": vault_object.name,
            "prefix": vault_object.prefix,
            "relationships": _relationships(call, vault_object),
            "fields": [_field(call, vault_object, name) for name in fields],
            **_localized(call, vault_object.localized, "label", "label_plural", "help_content"),
        }
    }


def _urls(call: Call, vault_object: VaultObject) -> JSON:
    record = call.path("vobjects", vault_object.name)
    metadata = call.path("metadata", "vobjects", vault_object.name)
    urls = {
        "field": f"{metadata}/fields/{{name}}",
        "record": f"{record}/{{id}}",
        "attachments": f"{record}/{{id}}/attachments",
        "list": record,
        "metadata": metadata,
    }
    if not vault_object.allow_attachments:
        del urls["attachments"]
    return urls


def _relationships(call: Call, vault_object: VaultObject) -> list[JSON]:
    """List where the object's fields lead, and which other objects' fields lead here."""
    rows = []
    for owner in call.sandbox.records:
        for name, details in owner.field_details.items():
            target = details.get("object", {}).get("name")
            if owner.name == vault_object.name and target is not None:
                rows.append(_outbound(call, name, details, target))
            elif target == vault_object.name:
                rows.append(_inbound(call, name, details, owner.name))
    return rows


def _outbound(call: Call, field: str, details: JSON, other: str) -> JSON:
    return {
        "field": field,
        "relationship_deletion": details.get("relationship_deletion", "block"),
        "object": _link(call, other),
        "relationship_label": _label(field),
        "relationship_type": "reference_outbound",
        "relationship_name": details.get("relationship_outbound_name"),
    }


def _inbound(call: Call, field: str, details: JSON, other: str) -> JSON:
    is_parent = details.get("relationship_type") == "parent"
    return {
        "field": field,
        "relationship_deletion": details.get("relationship_deletion", "block"),
        "object": _link(call, other),
        "relationship_label": details.get("relationship_inbound_label"),
        "relationship_type": "child" if is_parent else "reference_inbound",
        "relationship_name": details.get("relationship_inbound_name"),
    }


def _link(call: Call, name: str) -> JSON:
    """Name an object that something leads to; of users there is no more than the name."""
    found = [one for one in call.sandbox.records if one.name == name]
    return summary(call, found[0]) if found else {"name": name}


@routes.on("GET", "/metadata/vobjects/{object_name}/fields/{field_name}")
async def retrieve_object_field(call: Call) -> JSON:
    """Describe one field of an object."""
    vault_object = call.sandbox.records.find_object(call.ids["object_name"])
    name = call.ids["field_name"]
    if name not in vault_object.known_fields():
        raise missing_object(name)
    return {"field": _field(call, vault_object, name)}


def _localized(call: Call, texts: dict[str, dict[str, str]], *keys: str) -> JSON:
    """Add the texts in all languages: asked for, and where there are any."""
    there = {key: texts[key] for key in keys if key in texts}
    return {"localized_data": there} if there and call.flag("loc") else {}


def _label(name: str) -> str:
    return name.split("__")[0].replace("_", " ").title()


def _field(call: Call, vault_object: VaultObject, name: str) -> JSON:
    details = dict(vault_object.field_details.get(name, {}))
    localized = details.pop("localized_data", {})
    if "object" in details:
        details["object"] = _link(call, details["object"]["name"])
    return {
        "created_date": _CREATED,
        "created_by": 1,
        "name": name,
        "label": _label(name),
        "type": "ID" if name == "id" else "String",
        "required": name == "name__v",
        "editable": not name.startswith(("id", "created", "modified")),
        "status": ["active__v"],
        "list_column": False,
        "help_content": None,
        "source": "standard",
        "modified_by": 1,
        "modified_date": _CREATED,
        **details,
        **_localized(call, localized, "label", "help_content"),
    }
