"""The lifecycle actions (user actions) of one version of a document or binder.

Reference: Lifecycles
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from vaultio.endpoints.room import Room
from vaultio.models import EntryRequirement, JobStart, LifecycleAction
from vaultio.protocol.forms import form
from vaultio.protocol.jobs import job_start
from vaultio.protocol.path import Path
from vaultio.protocol.readers import many
from vaultio.protocol.request import Repeat, Request
from vaultio.transport import Caller

_NOTHING: Mapping[str, object] = MappingProxyType({})


class LifecycleActions(Room):
    """What the user may start on one version."""

    def __init__(self, caller: Caller, owner: Path) -> None:
        super().__init__(caller)
        self._root = owner / "lifecycle_actions"

    async def retrieve_all(self) -> tuple[LifecycleAction, ...]:
        """Retrieve the actions that may be started; none while a workflow is active.

        ``GET {owner}/lifecycle_actions``
        Reference: Lifecycles › Retrieve Lifecycle Actions
        """
        return await self._caller.get(self._root, many("lifecycle_actions__v", LifecycleAction))

    async def retrieve_entry_requirements(self, action: str) -> tuple[EntryRequirement, ...]:
        """Retrieve what an action wants to be told, or set on the document, before it starts.

        ``GET {owner}/lifecycle_actions/{lifecycle_action}/entry_requirements``
        Reference: Lifecycles › Retrieve Entry Requirements
        """
        path = self._root / action / "entry_requirements"
        return await self._caller.get(path, many("properties", EntryRequirement))

    async def initiate(
        self, action: str, requirements: Mapping[str, object] = _NOTHING
    ) -> JobStart:
        """Start an action, with its *requirements* by name; a lost answer is not sent again.

        Users and groups are given as ``"user:12021"`` and ``"group:10030003"``, several as a
        list. The answer's ``id`` and ``workflow_id__v`` are in `fields`; `job_id` is there if
        the action started a job.

        ``PUT {owner}/lifecycle_actions/{lifecycle_action}``
        Reference: Lifecycles › Initiate Lifecycle Action
        """
        body = form(requirements) if requirements else None
        path = self._root / action
        request = Request(method="PUT", path=path, body=body, repeat=Repeat.ONCE)
        return await self._caller.send(request, job_start)
