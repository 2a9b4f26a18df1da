"""Roles on a document: who may be put into them, and who is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from attrs import define, field

from vaultio.sandbox.failures import RefusedError

Kind = Literal["users", "groups"]


@define(kw_only=True)
class Role:
    """One role. *available_users* and *available_groups* None mean everybody in the vault."""

    name: str
    label: str
    available_users: list[int] | None = None
    available_groups: list[int] | None = None
    assigned_users: list[int] = field(factory=list)
    assigned_groups: list[int] = field(factory=list)
    default_users: list[int] = field(factory=list)
    default_groups: list[int] = field(factory=list)

    def assigned(self, kind: Kind) -> list[int]:
        """Return those in the role, to read or to change."""
        return self.assigned_users if kind == "users" else self.assigned_groups

    def assign(self, kind: Kind, wanted: Iterable[int], allowed: Iterable[int]) -> list[int]:
        """Put into the role who is allowed, skip the others, and return who is in it now."""
        accepted = [one for one in dict.fromkeys(wanted) if one in set(allowed)]
        there = self.assigned(kind)
        there += [one for one in accepted if one not in there]
        return accepted

    def remove(self, kind: Kind, member: str) -> int:
        """Take a user or group out of the role, or refuse in the words of the reference."""
        for one in self.assigned(kind):
            if str(one) == member:
                self.assigned(kind).remove(one)
                return one
        raise RefusedError(
            "USER_OR_GROUP_NOT_FOUND",
            f"User or group of ID [{member}] was not assigned to role [{self.name}]",
        )

    def forget_group(self, group_id: int) -> None:
        """Drop a group that is no more."""
        for groups in (self.available_groups, self.assigned_groups, self.default_groups):
            if groups is not None and group_id in groups:
                groups.remove(group_id)


def standard_roles() -> dict[str, Role]:
    """Return the roles of the reference's examples, by name."""
    labels = {
        "reviewer__v": "Reviewer",
        "consumer__v": "Consumer",
        "legal__c": "Legal",
        "archivist__c": "Archivist",
    }
    return {name: Role(name=name, label=label) for name, label in labels.items()}


def find_role(roles: dict[str, Role], name: str) -> Role:
    """Return the role of that name, or refuse in the words of the reference."""
    if name not in roles:
        raise RefusedError("ROLE_NOT_FOUND", f"Role of name [{name}] was not found")
    return roles[name]
