"""Picklists and their values."""

from __future__ import annotations

import re

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import invalid, missing
from vaultio.sandbox.routing import JSON, Routes

routes = Routes()
_VALUE = re.compile(r"value_\d{1,6}")


@routes.on("GET", "/objects/picklists")
async def retrieve_all_picklists(call: Call) -> JSON:
    """List the picklists; two keys of errors are there, and null."""
    return {
        "responseStatus": "SUCCESS",
        "responseMessage": "Success",
        "errorCodes": None,
        "picklists": [picklist.describe() for picklist in call.sandbox.picklists],
        "errorType": None,
    }


@routes.on("GET", "/objects/picklists/{picklist_name}")
async def retrieve_picklist_values(call: Call) -> JSON:
    """List the values of one picklist."""
    picklist = call.sandbox.picklists.find(call.ids["picklist_name"])
    return {
        "responseStatus": "SUCCESS",
        "responseMessage": "Success",
        "picklistValues": picklist.rows(),
    }


@routes.on("POST", "/objects/picklists/{picklist_name}")
async def create_picklist_values(call: Call) -> JSON:
    """Add values by label, in the order of their numbers; all or none."""
    picklist = call.sandbox.picklists.find(call.ids["picklist_name"])
    form = (await call.form()).values
    strange = [name for name in form if not _VALUE.fullmatch(name)]
    if strange:
        raise invalid(f"Invalid parameter [{','.join(strange)}]")
    if not form:
        raise missing("value_1")
    empty = [name for name, label in form.items() if not label.strip()]
    if empty:
        raise invalid(f"Invalid value [] specified for parameter [{','.join(empty)}]")
    numbered = sorted(form, key=lambda name: int(name.partition("_")[2]))
    names = picklist.create([form[name] for name in numbered])
    return {
        "responseStatus": "SUCCESS",
        "responseMessage": "Created picklist value(s).",
        "picklistValues": picklist.rows(names),
    }


@routes.on("PUT", "/objects/picklists/{picklist_name}")
async def update_picklist_value_label(call: Call) -> JSON:
    """Set labels by name; all or none."""
    picklist = call.sandbox.picklists.find(call.ids["picklist_name"])
    form = (await call.form()).values
    if not form:
        raise missing("picklist value name")
    names = picklist.relabel(form)
    return {
        "responseStatus": "SUCCESS",
        "responseMessage": "Updated picklist value(s).",
        "picklistValues": picklist.rows(names),
    }


@routes.on("PUT", "/objects/picklists/{picklist_name}/{picklist_value_name}", "v10.0")
async def update_picklist_value_name(call: Call) -> JSON:
    """Rename a value; the new name is not said in the answer."""
    picklist = call.sandbox.picklists.find(call.ids["picklist_name"])
    name = (await call.form()).values.get("name")
    picklist.find(call.ids["picklist_value_name"])
    if not name:
        raise missing("name")
    picklist.rename(call.ids["picklist_value_name"], name)
    return {}


@routes.on("DELETE", "/objects/picklists/{picklist_name}/{picklist_value_name}")
async def delete_picklist_value(call: Call) -> JSON:
    """Delete a value."""
    picklist = call.sandbox.picklists.find(call.ids["picklist_name"])
    name = call.ids["picklist_value_name"]
    picklist.delete(name)
    return {
        "responseStatus": "SUCCESS",
        "responseMessage": "Deleted picklist value.",
        "name": name,
    }
