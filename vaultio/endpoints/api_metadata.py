"""Which versions of the API there are, and what each offers.

Reference: API Metadata
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from vaultio.endpoints.room import Room
from vaultio.protocol.api_metadata import api_versions
from vaultio.protocol.path import Path
from vaultio.protocol.readers import text_values
from vaultio.protocol.request import get
from vaultio.protocol.version import ApiVersion


class ApiMetadata(Room):
    """What the vault's API offers."""

    async def retrieve_versions(self) -> Mapping[ApiVersion, str]:
        """Retrieve the API versions that the vault speaks, oldest first, with their base URLs.

        The last one may be a beta.

        ``GET /api/``
        Reference: API Metadata › Retrieve Available API Versions
        """
        request = attrs.evolve(get(Path()), versioned=False)
        return await self._caller.send(request, api_versions)

    async def retrieve_resources(self) -> Mapping[str, str]:
        """Retrieve which kinds of things have metadata, each with the URL of it.

        The URLs may be of another API version than the call, and not every kind is listed: that
        of workflows is not. Later versions of the API are not known to have this address.

        ``GET /api/{version}/metadata/objects``
        Reference: API Metadata › Retrieve Available API Resources
        """
        return await self._caller.get(Path() / "metadata" / "objects", text_values("values"))
