"""The domain that the vault is in.

Reference: Domain Information
"""

from __future__ import annotations

from vaultio.endpoints.room import Room
from vaultio.models import Domain
from vaultio.protocol.path import Path
from vaultio.protocol.readers import one


class DomainInformation(Room):
    """The vaults that share users with this one."""

    async def retrieve(self) -> Domain:
        """Retrieve the domain and its active vaults; for Domain Admins alone.

        ``GET /api/{version}/objects/domain``
        Reference: Domain Information › Retrieve Domain Information
        """
        return await self._caller.get(Path() / "objects" / "domain", one("domain__v", Domain))
