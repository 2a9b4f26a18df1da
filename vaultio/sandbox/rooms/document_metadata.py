"""Document types and their fields."""

from __future__ import annotations

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import invalid, missing
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.document_types import DocumentType

routes = Routes()
_ROOT = ("metadata", "objects", "documents")
_BELOW = {"type": "subtypes", "subtype": "classifications"}
# Name, type, length, required, set on creation only.
_RELATIONSHIP_FIELDS = (
    ("id", "id", 20, True, False),
    ("source_doc_id__v", "id", 20, True, False),
    ("source_major_version__v", "Integer", 10, False, False),
    ("source_minor_version__v", "Integer", 10, False, False),
    ("target_doc_id__v", "id", 20, True, True),
    ("target_major_version__v", "Integer", 10, False, True),
    ("target_minor_version__v", "Integer", 10, False, True),
    ("relationship_type__v", "String", 255, True, True),
    ("created_date__v", "DateTime", 0, False, False),
    ("created_by__v", "ObjectReference", 10, False, False),
    ("source_vault_id__v", "id", 20, False, False),
)
# Name, label, one version at the source, one at the target, system.
_RELATIONSHIP_TYPES = (
    ("supporting_documents__vs", "Supporting Documents", False, False, False),
    ("references__vs", "Linked Documents", True, True, True),
    ("crosslink_document_static__v", "CrossLink Static Bindings", True, True, True),
    ("crosslink_document_latest__v", "CrossLink Latest Bindings", True, False, True),
    ("basedon__vs", "Based on", False, True, True),
)


@routes.on("GET", "/metadata/objects/documents")
@routes.on("GET", "/metadata/objects/documents/types")
async def retrieve_all_document_types(call: Call) -> JSON:
    """List the types with the addresses of their metadata, and that of locks."""
    types = [
        {"label": one.label, "value": call.url(*_ROOT, "types", one.name)}
        for one in call.sandbox.document_types
    ]
    return {"types": types, "lock": call.url(*_ROOT, "lock")}


@routes.on("GET", "/metadata/objects/documents/types/{type}")
async def retrieve_document_type(call: Call) -> JSON:
    """Describe a type."""
    return _describe(call, call.sandbox.document_types.find(call.ids["type"]), inherited=True)


_SUBTYPE = "/metadata/objects/documents/types/{type}/subtypes/{subtype}"


@routes.on("GET", _SUBTYPE)
async def retrieve_document_subtype(call: Call) -> JSON:
    """Describe a subtype."""
    return _describe(call, _subtype(call), inherited=_inherited(call))


@routes.on("GET", _SUBTYPE + "/classifications/{classification}")
async def retrieve_document_classification(call: Call) -> JSON:
    """Describe a classification."""
    node = _subtype(call).child(call.ids["classification"])
    return _describe(call, node, inherited=_inherited(call))


def _subtype(call: Call) -> DocumentType:
    return call.sandbox.document_types.find(call.ids["type"]).child(call.ids["subtype"])


def _inherited(call: Call) -> bool:
    value = call.query.get("includeInheritedFields", "true")
    if value.lower() not in ("true", "false"):
        raise invalid(f"Invalid value [{value}] specified for parameter [includeInheritedFields]")
    return value.lower() == "true"


def _describe(call: Call, node: DocumentType, *, inherited: bool) -> JSON:
    """Describe a node: what is below it, or its fields if that is nothing; no empty lists."""
    line = list(node.up()) if inherited else [node]
    lists: JSON = {
        "renditions": node.renditions if node.level == "type" else [],
        "relationshipTypes": [{"value": one[0], "label": one[1]} for one in _RELATIONSHIP_TYPES],
        "availableLifecycles": [{"name": name} for name in node.lifecycles],
        "templates": [template for one in line for template in one.templates],
    }
    if node.children:
        lists[_BELOW[node.level]] = _below(call, node)
    else:
        types = call.sandbox.document_types
        lists["properties"] = types.fields_of(node, inherited=inherited)
    there = {name: value for name, value in lists.items() if value}
    return {"name": node.name, "label": node.label, **there}


def _below(call: Call, node: DocumentType) -> list[JSON]:
    path: list[str] = []
    for one in node.up():
        path = [f"{one.level}s", one.name, *path]
    word = _BELOW[node.level]
    return [
        {"label": child.label, "value": call.url(*_ROOT, *path, word, child.name)}
        for child in node.children.values()
    ]


@routes.on("GET", "/metadata/objects/documents/types/{type}/relationships")
async def retrieve_document_relationships(call: Call) -> JSON:
    """Describe the relationships of a type: all lead to documents of any type."""
    call.sandbox.document_types.find(call.ids["type"])
    targets = [{"label": one.label, "value": one.name} for one in call.sandbox.document_types]
    return {
        "properties": [_relationship_field(*row) for row in _RELATIONSHIP_FIELDS],
        "relationshipTypes": [
            {
                "value": name,
                "label": label,
                "sourceDocVersionSpecific": source,
                "targetDocVersionSpecific": target,
                "system": system,
                "singleUse": False,
                "targetDocumentTypes": targets,
            }
            for name, label, source, target, system in _RELATIONSHIP_TYPES
        ],
    }


def _relationship_field(name: str, kind: str, length: int, required: bool, once: bool) -> JSON:
    row: JSON = {
        "name": name,
        "type": kind,
        "length": length,
        "editable": False,
        "queryable": True,
        "required": required,
        "multivalue": False,
        "onCreateEditable": once,
    }
    return {**row, "object": "users"} if kind == "ObjectReference" else row


@routes.on("GET", "/metadata/objects/documents/lock")
async def retrieve_document_lock_metadata(_call: Call) -> JSON:
    """Describe the lock; both its fields have an object type."""
    fields = (
        ("locked_by__v", "Locked By", "ObjectReference", "User"),
        ("locked_date__v", "Locked Date", "DateTime", "DateTime"),
    )
    return {"name": "lock", "properties": [_lock_field(*row) for row in fields]}


def _lock_field(name: str, label: str, kind: str, object_type: str) -> JSON:
    return {
        "name": name,
        "scope": "Lock",
        "type": kind,
        "required": True,
        "systemAttribute": True,
        "editable": False,
        "setOnCreateOnly": False,
        "disabled": False,
        "objectType": object_type,
        "label": label,
        "hidden": False,
    }


@routes.on("GET", "/metadata/objects/documents/properties")
async def retrieve_document_fields(call: Call) -> JSON:
    """List all fields of all types."""
    return {"properties": call.sandbox.document_types.all_fields()}


@routes.on("POST", "/metadata/objects/documents/properties/find_common", "v9.0")
async def find_common_document_fields(call: Call) -> JSON:
    """List the fields that every one of some documents has."""
    text = (await call.form()).values.get("docIds", "")
    ids = [one.strip() for one in text.split(",") if one.strip()]
    if not ids:
        raise missing("docIds")
    wrong = [one for one in ids if not one.isascii() or not one.isdigit()]
    if wrong:
        raise invalid(f"Invalid value [{','.join(wrong)}] specified for parameter [docIds]")
    types = call.sandbox.document_types
    nodes = [types.of_document(call.sandbox.documents.find(one).type) for one in ids]
    first, *rest = [types.fields_of(node) for node in nodes]
    names = [{one["name"] for one in fields} for fields in rest]
    return {"properties": [one for one in first if all(one["name"] in other for other in names)]}
