"""Metadata of objects."""

from __future__ import annotations

from vaultio.sandbox.call import Call
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.records import VaultObject

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


@routes.on("GET", "/metadata/vobjects/{object_name}")
async def retrieve_object(call: Call) -> JSON:
    """Describe an object; the link to attachments is there only if they are enabled."""
    vault_object = call.sandbox.records.find_object(call.ids["object_name"])
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
    return {
        "object": {
            "created_date": _CREATED,
            "created_by": 1,
            "allow_attachments": vault_object.allow_attachments,
            "auditable": True,
            "modified_date": _CREATED,
            "status": ["active__v"],
            "urls": urls,
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
            "fields": [_field(name) for name in sorted(vault_object.known_fields())],
        }
    }


def _field(name: str) -> JSON:
    label = name.split("__")[0].replace("_", " ").title()
    return {
        "name": name,
        "label": label,
        "type": "ID" if name == "id" else "String",
        "required": name == "name__v",
        "editable": not name.startswith(("id", "created", "modified")),
        "status": ["active__v"],
        "list_column": False,
        "help_content": None,
        "source": "standard",
    }
