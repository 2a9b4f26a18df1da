"""Lifecycle actions: which there are, what they take, and starting one; for binders as well."""

from __future__ import annotations

import re
from datetime import date

from vaultio.sandbox import versions
from vaultio.sandbox.call import Call
from vaultio.sandbox.content import ZipContent
from vaultio.sandbox.failures import RefusedError, invalid, missing
from vaultio.sandbox.rooms.documents import describe
from vaultio.sandbox.rooms.jobs import started
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import Document, DocumentVersion
from vaultio.sandbox.stores.lifecycle import LifecycleAction

routes = Routes()
_MEMBERS = re.compile(r"(user|group):\d+(,(user|group):\d+)*")
# From here on the rows say more; the v11.0 reference has none of it.
_DETAILED = versions.Version(19, 1)
_IN_THE_FORM = ("WorkflowActivation", "ControlledCopy", "EmailFragment", "CreatePresentation")


class LifecycleActionRoutes:
    """The operations on one kind of owner: ``documents`` or ``binders``."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        root = f"/objects/{kind}/{{doc_id}}/versions/{{major}}/{{minor}}/lifecycle_actions"
        one = f"{root}/{{lifecycle_action}}"
        routes.add("GET", root, self.retrieve_all)
        routes.add("GET", f"{one}/entry_requirements", self.entry_requirements)
        routes.add("PUT", one, self.initiate)

    def _find(self, call: Call) -> tuple[Document, DocumentVersion]:
        # A binder is asked for as a binder; whether a document path takes one is not said.
        binder = True if self._kind == "binders" else None
        document = call.sandbox.documents.find(call.ids["doc_id"], binder=binder)
        return document, document.version(call.ids["major"], call.ids["minor"])

    async def retrieve_all(self, call: Call) -> JSON:
        """List what can be done with a version now."""
        document, version = self._find(call)
        actions = call.sandbox.lifecycle_actions.available(version)
        rows = [self._row(call, document, version, action) for action in actions]
        return {
            "responseStatus": "SUCCESS",
            "responseMessage": "Success",
            "lifecycle_actions__v": rows,
        }

    def _row(
        self, call: Call, document: Document, version: DocumentVersion, action: LifecycleAction
    ) -> JSON:
        row: JSON = {
            "name__v": action.name,
            "label__v": action.label,
            "lifecycle_action_type__v": action.type,
        }
        if call.version >= _DETAILED:
            row["lifecycle__v"] = document.lifecycle
            row["state__v"] = version.state
            # A string on documents and a boolean on binders.
            row["executable__v"] = True if self._kind == "binders" else "true"
        if action.requirements:
            row["entry_requirements__v"] = call.url(
                *("objects", self._kind, document.id, "versions", version.major, version.minor),
                *("lifecycle_actions", action.name, "entry_requirements"),
            )
        return row

    async def entry_requirements(self, call: Call) -> JSON:
        """List what an action takes."""
        _, version = self._find(call)
        action = call.sandbox.lifecycle_actions.find(version, call.ids["lifecycle_action"])
        return {
            "responseStatus": "SUCCESS",
            "responseMessage": "Success",
            "properties": [_property(call, values) for values in action.requirements],
        }

    async def initiate(self, call: Call) -> JSON:
        """Start an action: a workflow, a change of state, or the job of a controlled copy."""
        document, version = self._find(call)
        action = call.sandbox.lifecycle_actions.find(version, call.ids["lifecycle_action"])
        form = (await call.form()).values
        for values in action.requirements:
            _check(values, form, describe(document, version, checksum=False))
        if action.type == "workflow":
            workflow = call.sandbox.lifecycle_actions.begin_workflow(document, version)
            return {"id": document.id, "workflow_id__v": workflow}
        if action.type == "controlledCopy":
            return _controlled_copy(call, document, version, action)
        version.state = action.target or version.state
        return {"id": document.id}


def _property(call: Call, values: JSON) -> JSON:
    """Add the addresses of the object that a requirement refers to, as the reference shows."""
    referenced = values.get("objectTypeReferenced")
    if referenced is None or not referenced["name"].endswith("__v"):
        return values
    name = referenced["name"]
    described = {**referenced, "url": call.path("metadata", "vobjects", name)}
    return {**values, "objectTypeReferenced": described, "records": call.path("vobjects", name)}


def _check(values: JSON, form: dict[str, str], fields: JSON) -> None:
    name = values["name"]
    if values["scope"] not in _IN_THE_FORM:
        if not fields.get(name):
            raise RefusedError(
                "OPERATION_NOT_ALLOWED", f"The field [{name}] must be set on the document first."
            )
        return
    value = form.get(name)
    if not value:
        if values.get("required"):
            raise missing(name)
        return
    if values["type"] == ["Date"] and not _is_date(value):
        raise invalid(f"Invalid value [{value}] specified for parameter [{name}]")
    if values["type"] == ["ObjectReference"] and not _MEMBERS.fullmatch(value):
        raise invalid(f"Invalid value [{value}] specified for parameter [{name}]")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _controlled_copy(
    call: Call, document: Document, version: DocumentVersion, action: LifecycleAction
) -> JSON:
    if version.source is None:
        raise RefusedError(
            "OPERATION_NOT_ALLOWED", f"Document {document.id} does not have a source file."
        )
    copy = f"{document.number} (v{version.number}) {version.source.name}"
    job = call.sandbox.jobs.start(
        call.user.id,
        artifacts=f"{action.group}.{action.name}",
        label=action.label,
        result=ZipContent([(copy, version.source.content)]),
    )
    return started(call, job)


LifecycleActionRoutes("documents")
LifecycleActionRoutes("binders")
