"""Lifecycle actions: what may be done with a document in a state, and what it takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import define, field

from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.stores.documents import Document, DocumentVersion


@define(kw_only=True)
class LifecycleAction:
    """One action. *states* None means any state, *target* is the state after a state change.

    *requirements* are the entry requirements as the answer shows them, without the object links
    that depend on the API version; see `requirement`. For a controlled copy *group* is what stands
    before the action in the results link: ``{lifecycle}.{state}``.
    """

    name: str
    label: str
    type: str = "stateChange"
    states: frozenset[str] | None = None
    target: str | None = None
    group: str = "draft_to_effective_lifecycle__c.effective__c"
    requirements: list[dict[str, Any]] = field(factory=list)


def requirement(
    name: str, description: str, kind: str, scope: str = "WorkflowActivation", **more: Any
) -> dict[str, Any]:
    """Make an entry requirement; *more* are further keys such as ``required``."""
    base = {"name": name, "description": description, "type": [kind], "editable": True}
    return {**base, "scope": scope, **more}


def _standard() -> list[LifecycleAction]:
    """Return the actions of the reference's examples, and a controlled copy."""
    draft = frozenset({"Draft"})
    user = {"name": "User", "label": "User"}
    users: dict[str, Any] = {"objectTypeReferenced": user, "repeating": True, "required": True}
    country = {"name": "country__v", "label": "Country", "label_plural": "Countries"}
    countries: dict[str, Any] = {"objectTypeReferenced": country, "repeating": True}
    return [
        LifecycleAction(
            name="startApproval",
            label="Start Approval",
            type="workflow",
            states=draft,
            requirements=[
                requirement("dueDate", "Approval Due Date", "Date", required=True),
                requirement("Approver", "Approver", "ObjectReference", **users),
            ],
        ),
        LifecycleAction(
            name="approve",
            label="Approve",
            states=draft,
            target="Approved",
            requirements=[
                requirement("country__v", "Country", "ObjectReference", "Document", **countries)
            ],
        ),
        LifecycleAction(
            name="downloadControlledCopya95fbf38",
            label="Download Issued Batch Record",
            type="controlledCopy",
        ),
    ]


class LifecycleActions:
    """The actions that the vault has, in order."""

    def __init__(self) -> None:
        self._actions = {action.name: action for action in _standard()}
        self._workflows = 0

    def __iter__(self) -> Iterator[LifecycleAction]:
        return iter(self._actions.values())

    def add(self, action: LifecycleAction) -> None:
        """Add an action, or replace the one of that name."""
        self._actions[action.name] = action

    def available(self, version: DocumentVersion) -> list[LifecycleAction]:
        """Return what can be done now; nothing while a workflow holds the document."""
        if version.workflow_id is not None:
            return []
        return [one for one in self if one.states is None or version.state in one.states]

    def find(self, version: DocumentVersion, name: str) -> LifecycleAction:
        """Return an action that is available, or refuse."""
        for action in self.available(version):
            if action.name == name:
                return action
        # Vault says the same of an action that is not there and of one that is not allowed.
        raise RefusedError(
            "INSUFFICIENT_ACCESS", f"User does not have access to the lifecycle action [{name}]."
        )

    def begin_workflow(self, document: Document, version: DocumentVersion) -> str:
        """Put the document into a workflow and return that workflow's id."""
        self._workflows += 1
        version.workflow_id = str(document.id * 1000 + self._workflows)
        return version.workflow_id
