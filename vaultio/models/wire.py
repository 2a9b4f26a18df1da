"""How a model says which of Vault's names stands behind an attribute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from attrs import NOTHING, frozen

from vaultio.display import facts_html, short_repr

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

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        """Give each model the short form, but where a class has one of its own."""
        if cls.__repr__.__code__.co_filename.startswith("<attrs"):
            cls.__repr__ = Model._short  # type: ignore[assignment]  # in place of attrs' own

    def _short(self) -> str:
        """Show what there is: attributes that are not empty, and how many fields stand beside."""
        said = [f"{name}={short_repr(value)}" for name, value in self._facts().items()]
        said += [f"fields=<{len(self.fields)}>"] if self.fields else []
        return f"{type(self).__name__}({', '.join(said)})"

    def _facts(self) -> dict[str, Any]:
        """Map the names of the attributes to their values; those that are empty are left out."""
        every = {one.name: getattr(self, one.name) for one in attrs.fields(type(self)) if one.repr}
        return {name: value for name, value in every.items() if value not in (None, ())}

    def _repr_html_(self) -> str:
        """Show a table in a notebook: the attributes, then the fields by Vault's names."""
        return facts_html(type(self).__name__, {**self._facts(), **self.fields})
