"""Binders and their versions; what is in them stands in its own module."""

from __future__ import annotations

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError, invalid, missing
from vaultio.sandbox.rooms.binder_nodes import checked_rule, listed
from vaultio.sandbox.rooms.documents import describe
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import Document, DocumentVersion

routes = Routes()
BINDER = "/objects/binders/{doc_id}"
VERSION = f"{BINDER}/versions/{{major}}/{{minor}}"
_REQUIRED = ("name__v", "type__v", "lifecycle__v")
_CLASS = ("type__v", "subtype__v", "classification__v", "lifecycle__v")
_FIXED = frozenset(
    {
        "id",
        "version_id",
        "binder__v",
        "crosslink__v",
        "locked__v",
        "status__v",
        "major_version_number__v",
        "minor_version_number__v",
        "created_by__v",
        "document_creation_date__v",
        "version_creation_date__v",
        "version_modified_date__v",
        "last_modified_by__v",
    }
)


def find_version(call: Call) -> tuple[Document, DocumentVersion]:
    """Return the binder and the version that the path names, or refuse."""
    binder = call.sandbox.binders.find(call.ids["doc_id"])
    return binder, binder.version(call.ids["major"], call.ids["minor"])


@routes.on("POST", "/objects/binders")
async def create_binder(call: Call) -> JSON:
    """Create a binder, of a template if one is named."""
    form = await call.form()
    if form.files:
        raise invalid("A binder takes no file.")
    values = {name: text for name, text in form.values.items() if name != "async"}
    _flag("async", call.query.get("async") or form.values.get("async"))
    for name in _REQUIRED:
        if not values.get(name):
            raise missing(name)
    _check_editable(values)
    sections = _template_sections(call, values["type__v"])
    binder_id = call.sandbox.documents.add(
        values.pop("name__v"),
        binder=True,
        type_name=values.pop("type__v"),
        lifecycle=values.pop("lifecycle__v"),
        created_by=call.user.id,
        fields=values,
    )
    for section in sections:
        call.sandbox.binders.add_section(binder_id, section)
    message = "Successfully created binder."
    return {"responseStatus": "SUCCESS", "responseMessage": message, "id": binder_id}


def _template_sections(call: Call, type_name: str) -> tuple[str, ...]:
    name = call.query.get("fromTemplate")
    if not name:
        return ()
    template = call.sandbox.binders.templates.get(name)
    if template is None or template.type_name != type_name:
        raise invalid(f"Invalid value [{name}] specified for parameter [fromTemplate]")
    return template.sections


@routes.on("GET", BINDER)
async def retrieve_binder(call: Call) -> JSON:
    """Describe a binder with the top level of what is in it, or all levels."""
    binder = call.sandbox.binders.find(call.ids["doc_id"])
    depth = call.query.get("depth", "1")
    if depth not in ("1", "all"):
        raise invalid(f"Invalid value [{depth}] specified for parameter [depth]")
    tree = call.sandbox.binders.tree(binder)
    return {
        "document": describe(binder),
        "versions": _version_links(call, binder),
        "binder": {"nodes": listed(call, tree, deep=depth == "all", binder_key="id")},
    }


@routes.on("GET", f"{BINDER}/versions")
async def retrieve_binder_versions(call: Call) -> JSON:
    """List all versions."""
    binder = call.sandbox.binders.find(call.ids["doc_id"])
    return {"versions": _version_links(call, binder)}


@routes.on("GET", VERSION)
async def retrieve_binder_version(call: Call) -> JSON:
    """Describe one version with its top level."""
    binder, version = find_version(call)
    tree = call.sandbox.binders.tree(binder, version)
    return {
        "document": describe(binder, version),
        "binder": {"nodes": listed(call, tree, deep=False, binder_key="id")},
    }


@routes.on("PUT", BINDER)
async def update_binder(call: Call) -> JSON:
    """Set fields of the latest version; those of the class only when it is reclassified."""
    binder = call.sandbox.binders.find(call.ids["doc_id"])
    values = (await call.form()).values
    said = values.pop("reclassify", None) or call.query.get("reclassify")
    _update(call, binder, binder.latest, values, reclassify=_flag("reclassify", said))
    return {"id": binder.id}


@routes.on("PUT", VERSION)
async def update_binder_version(call: Call) -> JSON:
    """Set fields of one version."""
    binder, version = find_version(call)
    _update(call, binder, version, (await call.form()).values, reclassify=False)
    return {"id": binder.id}


def _update(
    call: Call,
    binder: Document,
    version: DocumentVersion,
    values: dict[str, str],
    *,
    reclassify: bool,
) -> None:
    _check_editable(values)
    if not reclassify and any(name in values for name in _CLASS):
        raise RefusedError(
            "OPERATION_NOT_ALLOWED", f"Binder {binder.id} must be reclassified for this."
        )
    binder.type = values.pop("type__v", "") or binder.type
    binder.lifecycle = values.pop("lifecycle__v", "") or binder.lifecycle
    call.sandbox.documents.set_fields(binder, version, values)
    version.fields["version_modified_date__v"] = call.sandbox.stamp()
    version.fields["last_modified_by__v"] = call.user.id


@routes.on("POST", BINDER)
async def create_binder_draft(call: Call) -> JSON:
    """Create the next minor version, which begins with what the last one holds."""
    binder = call.sandbox.binders.find(call.ids["doc_id"])
    if call.user.id in call.sandbox.binders.may_not_draft:
        raise RefusedError(
            "INSUFFICIENT_ACCESS", "User does not have sufficient privileges to perform the action."
        )
    call.sandbox.binders.tree(binder)
    major, minor = call.sandbox.documents.add_version(binder.id, state="Draft")
    return {"major_version_number__v": major, "minor_version_number__v": minor}


@routes.on("DELETE", BINDER)
async def delete_binder(call: Call) -> JSON:
    """Delete a binder; the documents that it links to stay."""
    binder = call.sandbox.binders.find(call.ids["doc_id"])
    call.sandbox.documents.delete(binder.id)
    call.sandbox.binders.forget(binder.id)
    call.sandbox.relationships.forget(binder.id)
    return {"id": binder.id}


@routes.on("DELETE", VERSION)
async def delete_binder_version(call: Call) -> JSON:
    """Delete one version, unless it is the only one."""
    binder, version = find_version(call)
    if len(binder.versions) == 1:
        raise RefusedError(
            "OPERATION_NOT_ALLOWED", f"The only version of binder {binder.id} cannot be deleted."
        )
    later = [one for one in binder.versions if one is not version]
    binder.versions[:] = later
    call.sandbox.binders.forget(binder.id, version)
    return {"id": binder.id}


@routes.on("PUT", f"{BINDER}/binding_rule")
async def update_binder_binding_rule(call: Call) -> JSON:
    """Set the binding rule of everything in the binder, or of what has none."""
    binder = call.sandbox.binders.find(call.ids["doc_id"])
    values = (await call.form()).values
    for name in ("binding_rule__v", "binding_rule_override__v"):
        if name not in values:
            raise missing(name)
    override = _flag("binding_rule_override__v", values["binding_rule_override__v"])
    call.sandbox.binders.tree(binder).bind(checked_rule(values), override=override)
    return {"id": binder.id}


def _version_links(call: Call, binder: Document) -> list[JSON]:
    root = ("objects", "binders", binder.id, "versions")
    return [
        {"number": one.number, "value": call.url(*root, one.major, one.minor)}
        for one in binder.versions
    ]


def _check_editable(values: dict[str, str]) -> None:
    fixed = sorted(_FIXED & values.keys())
    if fixed:
        raise invalid(f"The field [{fixed[0]}] cannot be edited.")


def _flag(name: str, text: str | None) -> bool:
    """Read true or false; blank is false."""
    if text and text.lower() not in ("true", "false"):
        raise invalid(f"Invalid value [{text}] specified for parameter [{name}]")
    return (text or "").lower() == "true"
