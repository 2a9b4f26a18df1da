"""What is special about users: their metadata, and passwords that nobody else may see.

Reference: Users
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from vaultio.credentials import Secret, remembered
from vaultio.errors import InvalidArgumentError
from vaultio.models import Property
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.path import Path
from vaultio.protocol.readers import many
from vaultio.protocol.request import Request, post


def account_fields(envelope: Envelope) -> tuple[Property, ...]:
    """Read the fields of users or groups; allowed values that are mere texts are names."""
    found = envelope.payload.get("properties")
    if not isinstance(found, list):
        return many("properties", Property)(envelope)
    named = [_with_named_values(item) if isinstance(item, Mapping) else item for item in found]
    payload = {**envelope.payload, "properties": named}
    return many("properties", Property)(attrs.evolve(envelope, payload=payload))


def _with_named_values(item: Mapping[str, object]) -> Mapping[str, object]:
    values = item.get("values")
    if not isinstance(values, list):
        return item
    return {**item, "values": [{"name": v} if isinstance(v, str) else v for v in values]}


def hidden(password: str | Secret) -> Secret:
    """Put a password where no repr and no traceback shows it; whatever it is, this succeeds."""
    return remembered(password if isinstance(password, Secret) else Secret(password))


def password_change(path: Path, current: Secret, new: Secret) -> Request:
    """Make the request that changes a password; one that cannot be sent is refused unseen.

    Sent twice, the second finds the new password where it expects the old.
    """
    for name, password in (("current", current), ("new", new)):
        if not _can_be_sent(password):
            raise InvalidArgumentError(
                f"the {name} password is empty, not a text, or holds half a character"
            )
    return post(path, {"password__v": current.reveal(), "new_password__v": new.reveal()})


def _can_be_sent(password: Secret) -> bool:
    text = password.reveal()
    return (
        isinstance(text, str)
        and bool(text)
        and not any("\ud800" <= sign <= "\udfff" for sign in text)
    )
