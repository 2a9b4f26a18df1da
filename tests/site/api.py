"""The pages of all public classes and functions, made of their docstrings by Sphinx."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable
from types import ModuleType

import vaultio
from vaultio import endpoints, integrations

PACKAGES = {
    "client": ("The client", "vaultio"),
    "values": ("Values", "vaultio.models"),
    "downloads": ("Files", "vaultio.downloads"),
    "limiter": ("The limiter", "vaultio.limiter"),
    "stores": ("Where quotas are kept", "vaultio.limiter.stores"),
    "migration": ("Migrations", "vaultio.migration"),
    "sandbox": ("The sandbox", "vaultio.sandbox"),
}
HEAD = "{title}\n{line}\n\n"


def pages() -> dict[str, str]:
    """Write all pages, in reStructuredText, by name. Each thing is described once."""
    found, seen = dict[str, str](), set[int]()
    for name, (title, module) in PACKAGES.items():
        found[name] = _package(title, module, seen)
    found["errors"] = _titled("Errors") + ".. automodule:: vaultio.errors\n   :show-inheritance:\n"
    found |= dict(_rooms()) | dict(_integrations(seen))
    return {"index": _index(found)} | found


def _package(title: str, module: str, seen: set[int]) -> str:
    """Describe what a package offers, after a list of it."""
    package = importlib.import_module(module)
    things = {
        _home_of(thing, module, name): thing
        for name in _names(package)
        if id(thing := getattr(package, name)) not in seen and _belongs(thing, name, module)
    }
    seen |= {id(thing) for thing in things.values()}
    listed = [f"- `{home}`: {_first_line(thing)}" for home, thing in things.items()]
    described = [f".. {_directive(thing)}:: {home}\n" for home, thing in things.items()]
    head = [_titled(title), f".. py:module:: {module}\n", inspect.getdoc(package) or "", ""]
    return "\n".join([*head, *listed, "", *described])


def _home_of(thing: object, module: str, name: str) -> str:
    """Say where users find a thing: in vaultio itself, if it is there, else where it is offered."""
    return f"vaultio.{name}" if getattr(vaultio, name, None) is thing else f"{module}.{name}"


def _belongs(thing: object, name: str, module: str) -> bool:
    """Whether a thing is described on this page; what is in vaultio itself is with its kind."""
    if getattr(vaultio, name, None) is not thing:
        return True
    made_in = str(getattr(thing, "__module__", ""))
    owners = [one for _, one in PACKAGES.values() if made_in.startswith(f"{one}.")]
    return max(owners, key=len, default="vaultio") == module and made_in != "vaultio.errors"


def _first_line(thing: object) -> str:
    if not (inspect.isclass(thing) or inspect.isroutine(thing)):
        return "a type"
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def _names(package: ModuleType) -> Iterable[str]:
    """List what a module offers; if it does not say so, all public classes and functions."""
    made = [
        name
        for name, one in vars(package).items()
        if getattr(one, "__module__", "") == package.__name__ and not name.startswith("_")
    ]
    return getattr(package, "__all__", made)


def _directive(thing: object) -> str:
    if inspect.isclass(thing):
        return "autoclass"
    return "autofunction" if inspect.isroutine(thing) else "autodata"


def _rooms() -> Iterable[tuple[str, str]]:
    """A page a room, such as vault.documents, and one of the parts that rooms lead to."""
    parts = [_titled("Parts of rooms")]
    for module in pkgutil.walk_packages(endpoints.__path__, "vaultio.endpoints."):
        room = module.name.rpartition(".")[2]
        if module.ispkg or room == "room":
            continue
        made = vars(importlib.import_module(module.name)).items()
        classes = [
            f".. autoclass:: {module.name}.{name}\n"
            for name, one in made
            if inspect.isclass(one) and one.__module__ == module.name and not name.startswith("_")
        ]
        if ".parts." in module.name:
            parts += classes
        else:
            yield room, "\n".join([_titled(f"vault.{room}"), *classes])
    yield "parts", "\n".join(parts)


def _integrations(seen: set[int]) -> Iterable[tuple[str, str]]:
    """A page for each way into another library, as far as that is installed."""
    for module in pkgutil.walk_packages(integrations.__path__, "vaultio.integrations."):
        if any(_names(importlib.import_module(module.name))):
            yield module.name, _package(module.name, module.name, seen)


def _titled(title: str) -> str:
    return HEAD.format(title=title, line="=" * len(title))


def _index(names: Iterable[str]) -> str:
    return (
        _titled("Classes and functions")
        + "What the docstrings say. What ``vaultio`` itself offers is listed so.\n\n"
        + ".. toctree::\n\n"
        + "".join(f"   {name}\n" for name in names)
    )
