"""What Vault takes as values of picklists.

Reference: Picklists
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vaultio.errors import InvalidArgumentError

SUFFIX = "__c"


def new_values(labels: Sequence[str]) -> dict[str, str]:
    """Name the labels of new values as the form does: ``value_1``, ``value_2``, ..."""
    if isinstance(labels, str) or not labels:
        raise InvalidArgumentError("labels is a list of one or more labels")
    return {f"value_{number}": label for number, label in enumerate(labels, start=1)}


def new_labels(labels: Mapping[str, str]) -> Mapping[str, str]:
    """Make sure that there is a label to set."""
    if not labels:
        raise InvalidArgumentError("labels has no value's name with a new label")
    return labels


def new_name(name: str) -> dict[str, str]:
    """Refuse a name with the suffix, which Vault would add a second time."""
    if name.endswith(SUFFIX):
        raise InvalidArgumentError(f"give {name!r} without {SUFFIX}: Vault adds it")
    return {"name": name}
