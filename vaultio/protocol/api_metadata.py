"""How the list of API versions is read.

Reference: API Metadata › Retrieve Available API Versions
"""

from __future__ import annotations

from vaultio.errors import InvalidArgumentError, UnreadableReplyError
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.readers import text_values
from vaultio.protocol.version import ApiVersion


def api_versions(envelope: Envelope) -> dict[ApiVersion, str]:
    """Read the versions with their base URLs, oldest first: the answer's order means nothing."""
    urls = text_values("values")(envelope)
    try:
        return dict(sorted((ApiVersion.parse(name), url) for name, url in urls.items()))
    except InvalidArgumentError as error:
        raise UnreadableReplyError(f"values: {error}") from error
