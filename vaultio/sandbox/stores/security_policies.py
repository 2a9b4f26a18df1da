"""Security policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import define, field

from vaultio.sandbox.failures import not_found


@define(kw_only=True)
class SecurityPolicy:
    """One policy; *settings* are as the API names them, flags that are false left out."""

    id: str
    label: str
    description: str = ""
    active: bool = True
    settings: dict[str, Any] = field(factory=dict)

    def describe(self) -> dict[str, Any]:
        """Return the policy as the API shows it: what is false or empty is not there."""
        details: dict[str, Any] = {"name__v": self.id, "label__v": self.label}
        if self.description:
            details["description__v"] = self.description
        if self.active:
            details["is_active__v"] = True
        settings = {name: value for name, value in self.settings.items() if value is not False}
        return {"policy_details__v": details, "policy_security_settings__v": settings}


class SecurityPolicies:
    """The policies of the vault: to begin with, the three of the reference's example."""

    def __init__(self) -> None:
        self._policies: dict[str, SecurityPolicy] = {}
        self.add("821", "Basic", min_password_length__v=8, passwords_require_number__v=True)
        self.add("958", "Default", min_password_length__v=8)
        self.add(
            "957",
            "High Security",
            min_password_length__v=12,
            password_expiration__v=90,
            passwords_require_nonalpha_char__v=True,
        )

    def __iter__(self) -> Iterator[SecurityPolicy]:
        return iter(self._policies.values())

    def __getitem__(self, policy_id: str) -> SecurityPolicy:
        return self._policies[policy_id]

    def add(self, policy_id: str, label: str, **settings: Any) -> SecurityPolicy:
        """Add a policy of password logins; *settings* are named as the API does."""
        password = {"name__v": "Password", "label__v": "Password"}
        chosen = {"authentication_type__v": password, **settings}
        policy = self._policies[policy_id] = SecurityPolicy(
            id=policy_id, label=label, settings=chosen
        )
        return policy

    def find(self, policy_id: str) -> SecurityPolicy:
        """Return a policy, or refuse."""
        try:
            return self._policies[policy_id]
        except KeyError:
            raise not_found(policy_id) from None
