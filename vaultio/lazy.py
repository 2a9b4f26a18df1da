"""Names of a package that are imported when they are first asked for (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from typing import Any


def lazy(
    package: str, home_of: Mapping[str, str], modules: Collection[str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make ``__getattr__`` and ``__dir__`` of a package whose modules are imported late.

    *home_of* maps each name to the module of the package that has it; *modules* can be asked for
    themselves.
    """

    def get(name: str) -> Any:
        """Import what is asked for the first time."""
        if name in modules:
            return import_module(f"{package}.{name}")
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f"{package}.{home_of[name]}"), name)
        setattr(sys.modules[package], name, found)  # from now on it is there like any other
        return found

    def names() -> list[str]:
        """List what is there and what can be."""
        return sorted({*vars(sys.modules[package]), *modules, *home_of})

    return get, names
