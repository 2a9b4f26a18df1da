"""Lifecycle actions (user actions) of documents and binders.

Reference: Lifecycles
"""

from __future__ import annotations

from typing import Any

from attrs import frozen

from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class LifecycleAction(Model):
    """An action that the user may start on one version. `type` is an open set."""

    name: str = wire("name__v")
    label: str | None = wire("label__v", default=None)
    type: str | None = wire("lifecycle_action_type__v", default=None)
    lifecycle: str | None = wire("lifecycle__v", default=None)
    state: str | None = wire("state__v", default=None)
    executable: bool | None = wire("executable__v", default=None)
    """None at API versions that do not say."""
    entry_requirements_url: str | None = wire("entry_requirements__v", default=None)
    """None where the action has no requirements, or the user may not see them."""


@frozen(kw_only=True)
class EntryRequirement(Model):
    """What an action wants first.

    With `scope` ``WorkflowActivation`` or ``ControlledCopy`` it is sent with the start; with
    ``Document`` or ``Binder`` it must be set there before.
    """

    name: str = wire("name")
    description: str | None = wire("description", default=None)
    types: tuple[str, ...] = wire("type", default=())
    required: bool = wire("required", default=False)
    editable: bool = wire("editable", default=False)
    repeating: bool = wire("repeating", default=False)
    scope: str | None = wire("scope", default=None)
    values: Any = wire("values", default=None)
