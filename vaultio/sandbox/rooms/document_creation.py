"""Create one document: five ways, told apart by what the body has."""

from __future__ import annotations

from typing import Any

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import invalid
from vaultio.sandbox.forms import Form
from vaultio.sandbox.rooms.document_fields import field_values, require, whole_number
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import StoredFile
from vaultio.sandbox.uploads import file_of, multipart_form, viewable

routes = Routes()
_UNCLASSIFIED = ("Undefined", "Unclassified")
_ETMF = ("product__v", "study__v", "study_country__v", "site__v")
_SPECIFIC = "Specific Document version"
_DEFAULT_RULE = "Latest Steady State version"
_RULES = ("Latest version", _DEFAULT_RULE, _SPECIFIC)


@routes.on("POST", "/objects/documents")
async def create_document(call: Call) -> JSON:
    """Create a document from a file or a template, without a file, a type, or of its own."""
    form = await multipart_form(call)
    values = form.values
    if (values.get("type__v"), values.get("lifecycle__v")) == _UNCLASSIFIED:
        document_id = _unclassified(call, form)
    else:
        document_id = _classified(call, form)
    return {
        "responseStatus": "SUCCESS",
        "responseMessage": "successfully created document",
        "id": document_id,
    }


def _classified(call: Call, form: Form) -> int:
    """Create from a file, from a template, or neither: a placeholder or a CrossLink."""
    values = dict(form.values)
    template = values.pop("fromTemplate", None)
    require(call, values)
    source = _source(values)
    file = None
    if template is not None:
        file = _template(call, template)
    elif "file" in form.files:
        file = file_of(form)
    if file is not None and source:
        raise invalid("A CrossLink document takes no file.")
    return create(call, values, file, source)


def create(
    call: Call, values: dict[str, str], file: StoredFile | None, system: dict[str, Any]
) -> int:
    """Add a document with *values* that are complete; *system* are fields that Vault sets."""
    values = dict(values)
    major = whole_number(values, "major_version_number__v")
    minor = whole_number(values, "minor_version_number__v")
    type_name, lifecycle = values.pop("type__v"), values.pop("lifecycle__v")
    fields = field_values(call, type_name, values)
    documents = call.sandbox.documents
    document_id = documents.add(
        values["name__v"],
        None if file is None else file.content,
        file_name=None if file is None else file.name,
        type_name=type_name,
        lifecycle=lifecycle,
        state="Draft" if minor else "Approved",
        major=major,
        minor=minor,
        created_by=call.user.id,
        fields={**fields, **system},
    )
    if file is not None:
        documents[document_id].latest.renditions["viewable_rendition__v"] = viewable(file)
    return document_id


def _unclassified(call: Call, form: Form) -> int:
    """Create without a type; whatever is not for this is ignored, the name too."""
    file = file_of(form)
    kept = {name: form.values[name] for name in _ETMF if name in form.values}
    type_name, lifecycle = _UNCLASSIFIED
    values = {
        "name__v": file.name,
        "type__v": type_name,
        "lifecycle__v": lifecycle,
        "major_version_number__v": "0",
        "minor_version_number__v": "1",
        **kept,
    }
    return create(call, values, file, {})


def _template(call: Call, name: str) -> StoredFile:
    template = call.sandbox.documents.templates.get(name)
    if template is None:
        raise invalid(f"Invalid value [{name}] specified for parameter [fromTemplate]")
    return template


def _source(values: dict[str, str]) -> dict[str, Any]:
    """Take what a CrossLink shows out of the values; nothing if it is no CrossLink."""
    if not any(name in values for name in ("source_vault_id__v", "source_document_id__v")):
        return {}
    source: dict[str, Any] = {
        name: whole_number(values, name) for name in ("source_vault_id__v", "source_document_id__v")
    }
    rule = values.pop("source_binding_rule__v", _DEFAULT_RULE)
    if rule not in _RULES:
        raise invalid(f"Invalid value [{rule}] specified for parameter [source_binding_rule__v]")
    if rule == _SPECIFIC:
        for name in ("bound_source_major_version__v", "bound_source_minor_version__v"):
            source[name] = whole_number(values, name)
    return {**source, "source_binding_rule__v": rule, "crosslink__v": True}
