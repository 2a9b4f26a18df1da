"""Who lets whom act in his place, and in which vault."""

from __future__ import annotations

from attrs import define

from vaultio.sandbox.stores.users import HOME_VAULT, User


@define(kw_only=True)
class Delegation:
    """The *delegate* may act as the *delegator* in one vault."""

    delegator: User
    delegate: User
    vault_id: int = HOME_VAULT


class Delegations:
    """All delegations of the domain."""

    def __init__(self) -> None:
        self._all: list[Delegation] = []

    def grant(self, delegator: User, delegate: User, vault_id: int = HOME_VAULT) -> None:
        """Let one user act for another."""
        self._all.append(Delegation(delegator=delegator, delegate=delegate, vault_id=vault_id))

    def withdraw(self, delegator: User) -> None:
        """Take back what a user has granted; sessions that are open stay so."""
        self._all = [one for one in self._all if one.delegator is not delegator]

    def to(self, delegate: User) -> list[Delegation]:
        """List what a user was granted."""
        return [one for one in self._all if one.delegate is delegate]
