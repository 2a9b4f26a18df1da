"""Roles on a document.

Reference: Roles
"""

from __future__ import annotations

from attrs import frozen

from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class DocumentRole(Model):
    """A role on one document: ids of users and groups in it, and of those that may be."""

    name: str = wire("name")
    label: str | None = wire("label", default=None)
    assigned_users: tuple[int, ...] = wire("assignedUsers", default=())
    assigned_groups: tuple[int, ...] = wire("assignedGroups", default=())
    available_users: tuple[int, ...] = wire("availableUsers", default=())
    available_groups: tuple[int, ...] = wire("availableGroups", default=())
    default_users: tuple[int, ...] = wire("defaultUsers", default=())
    default_groups: tuple[int, ...] = wire("defaultGroups", default=())


@frozen(kw_only=True)
class RoleMembers(Model):
    """Users and groups of one role, by id."""

    role: str = wire("role")
    users: tuple[int, ...] = wire("users", default=())
    groups: tuple[int, ...] = wire("groups", default=())


@frozen(kw_only=True)
class RoleAssignment(Model):
    """What became of an assignment: Vault skips whom it does not allow, and says SUCCESS.

    Each is by role; a role of which nobody was assigned, or skipped, is not there.
    """

    assigned: tuple[RoleMembers, ...] = wire("assigned", default=())
    skipped: tuple[RoleMembers, ...] = wire("skipped", default=())
