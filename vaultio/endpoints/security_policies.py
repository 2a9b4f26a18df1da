"""Security policies.

Reference: Security Policies
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vaultio.endpoints.room import Room
from vaultio.models import SecurityPolicy, SecurityPolicyLink
from vaultio.protocol.path import Path
from vaultio.protocol.readers import many, one, payload
from vaultio.transport import Caller


class SecurityPolicies(Room):
    """How users sign in, and what their passwords must be."""

    _NAMES = ("objects", "securitypolicies")

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root = Path().under(*self._NAMES)

    async def retrieve_all(self) -> tuple[SecurityPolicyLink, ...]:
        """Retrieve which security policies there are.

        ``GET /api/{version}/objects/securitypolicies``
        Reference: Security Policies › Retrieve All Security Policies
        """
        return await self._caller.get(self._root, many("security_policies__v", SecurityPolicyLink))

    async def retrieve(self, security_policy_id: int | str) -> SecurityPolicy:
        """Retrieve one security policy.

        ``GET /api/{version}/objects/securitypolicies/{security_policy_id}``
        Reference: Security Policies › Retrieve Security Policy
        """
        path = self._root / security_policy_id
        return await self._caller.get(path, one("security_policy__v", SecurityPolicy))

    async def retrieve_metadata(self) -> Mapping[str, Any]:
        """Retrieve what a security policy consists of, as it comes: no source shows its keys.

        ``GET /api/{version}/metadata/objects/securitypolicies``
        Reference: API Metadata › Retrieve Available API Resources (a link, and no more)
        """
        return await self._caller.get(Path().under("metadata", *self._NAMES), payload)
