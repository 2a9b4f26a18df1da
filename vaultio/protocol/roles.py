"""How roles are written in paths and forms, and how an answer to a change of them is read.

Reference: Roles
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from vaultio.errors import InvalidArgumentError, UnreadableReplyError
from vaultio.models import RoleAssignment, RoleMembers
from vaultio.protocol.convert import structure
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.path import Path
from vaultio.protocol.readers import Reader, nothing

Members = Mapping[str, Iterable[int]]
"""Ids of users or groups, by the name of the role."""


def role_member(roles: Path, role: str, kind: Literal["user", "group"], member_id: int) -> Path:
    """Find the path of one user or group in a role; the last dot parts the role from the kind."""
    if not role.strip():
        raise InvalidArgumentError("the name of a role must not be empty")
    return roles / f"{role}.{kind}" / member_id


def role_form(users: Members, groups: Members) -> dict[str, list[int]]:
    """Write who is to get which role; in the form both words stand in the plural."""
    fields = {f"{role}.users": list(ids) for role, ids in users.items()}
    fields |= {f"{role}.groups": list(ids) for role, ids in groups.items()}
    fields = {name: ids for name, ids in fields.items() if ids}
    if not fields:
        raise InvalidArgumentError("nobody is to be assigned: give users or groups")
    return fields


def role_assignment(asked: Mapping[str, Iterable[int]]) -> Reader[RoleAssignment]:
    """Read who was assigned, and work out who of those *asked* for was skipped."""

    def read(envelope: Envelope) -> RoleAssignment:
        assigned = role_members(envelope)
        done = {f"{one.role}.users": set(one.users) for one in assigned}
        done |= {f"{one.role}.groups": set(one.groups) for one in assigned}
        skipped: dict[str, dict[str, Any]] = {}
        for name, ids in asked.items():
            role, _, kind = name.rpartition(".")
            left = [one for one in ids if one not in done.get(name, ())]
            if left:
                skipped.setdefault(role, {"role": role})[kind] = left
        return RoleAssignment(
            assigned=assigned,
            skipped=tuple(structure(one, RoleMembers, where="skipped") for one in skipped.values()),
        )

    return read


def role_members(envelope: Envelope) -> tuple[RoleMembers, ...]:
    """Read ``updatedRoles``: an object of roles, each with its users and groups; may be empty."""
    nothing(envelope)
    updated = envelope.payload.get("updatedRoles") or {}
    if not isinstance(updated, Mapping):
        raise UnreadableReplyError("updatedRoles: an object was expected")
    return tuple(
        structure(
            {**members, "role": role} if isinstance(members, Mapping) else members,
            RoleMembers,
            where=f"updatedRoles.{role}",
        )
        for role, members in updated.items()
    )
