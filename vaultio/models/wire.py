"""How a model says which of Vault's names stands behind an attribute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from attrs import NOTHING, frozen

WIRE_NAME = "wire_name"


def wire(name: str, *, default: Any = NOTHING) -> Any:
    """Declare an attribute that Vault calls *name*.

    Without a *default* the answer must hold it; with one, its absence means the default, for
    Vault leaves out what is empty.
    """
    return attrs.field(default=default, metadata={WIRE_NAME: name})


@frozen(kw_only=True)
class Model:
    """The root of all values read from an answer.

    `fields` holds, under Vault's own names, whatever the answer said beyond the attributes.
    """

    fields: Mapping[str, Any] = attrs.field(factory=dict, repr=False)
