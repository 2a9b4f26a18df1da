"""What users import is there, is described, and costs nothing they did not ask for."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.layers import ROOT, modules

# What serves another library's users needs that library.
MODULES = [name for name in modules() if ".integrations" not in name]
PACKAGES = [name for name in MODULES if modules()[name].name == "__init__.py"]

# Not rich: httpx loads it for its own command wherever it is installed.
COSTLY = {
    *("typer", "starlette", "uvicorn", "fastapi", "redis", "dask", "distributed", "pyarrow"),
    *("keyring", "platformdirs", "tomlkit"),
    *("opentelemetry", "aiohttp", "httpx_aiohttp", "matplotlib", "pydantic", "pytest"),
}
HEAVY = {"httpx", "anyio", "cattrs", "orjson", "aiofiles", "defusedxml", "asyncio"}
LATE = ["vaultio", "vaultio.models", "vaultio.endpoints"]
EVERYTHING = f"""
import asyncio, sys, threading
asyncio.new_event_loop = asyncio.run = None  # an import that wants one fails
from vaultio import *
from vaultio.endpoints import *
from vaultio.models import *
assert threading.active_count() == 1, threading.enumerate()
assert not {HEAVY!r} - sys.modules.keys()  # or the test below proves nothing
print(*sorted(sys.modules.keys() & {COSTLY!r}))
"""
ALONE = f"""
import sys, vaultio
print(*sorted(sys.modules.keys() & {HEAVY!r}))
"""
ROOMS = """
import sys
from vaultio import SessionId, Vault
vault = Vault("https://a.veevavault.com", SessionId("none"), api_version="v11.0")
loaded = {name for name in sys.modules if name.startswith("vaultio.endpoints.")}
print(*sorted(loaded - {"vaultio.endpoints.entrance"}))
assert vault.users is vault.users is not vault.with_options(priority="bulk").users
print(*({"vaultio.endpoints.users", "vaultio.endpoints.jobs"} & sys.modules.keys()))
"""


def defined(module: ModuleType) -> set[str]:
    """Return the public classes, functions and values that a module makes itself."""
    names: set[str] = set()
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {name for name in names if not name.startswith("_")}


def passed_on(package: ModuleType) -> set[str]:
    """Return the names that a package's `__init__` takes from its own modules, for its users."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(inspect.getsource(package)))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(f"{package.__name__}.")
        for alias in node.names
    }
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize("name", PACKAGES)
def test_all_is_complete(name: str) -> None:
    """`__all__` is what a package makes or passes on, each name once; ruff keeps it sorted."""
    package = importlib.import_module(name)
    listed = getattr(package, "__all__", ())
    offered = passed_on(package)
    if offered or listed:
        offered |= defined(package)

    assert sorted(offered - set(listed)) == []
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("name", MODULES)
def test_all_resolves(name: str) -> None:
    """What `__all__` lists can be imported."""
    module = importlib.import_module(name)

    assert [one for one in getattr(module, "__all__", ()) if not hasattr(module, one)] == []


@pytest.mark.parametrize("name", MODULES)
def test_everything_public_is_described(name: str) -> None:
    """Modules, classes and functions say what they are for."""
    module = importlib.import_module(name)
    public = [getattr(module, one) for one in defined(module)]
    things = [one for one in public if inspect.isclass(one) or inspect.isfunction(one)]

    assert module.__doc__
    assert [one.__name__ for one in things if not one.__doc__] == []


def printed(program: str) -> list[list[str]]:
    """Run a program that complains of nothing; return the words of each line it prints."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
    return [line.split() for line in done.stdout.splitlines()]


def test_import_costs_nothing() -> None:
    """Importing all of vaultio loads no extra's library and starts no loop and no thread."""
    assert printed(EVERYTHING) == [[]]


def test_import_waits() -> None:
    """Importing vaultio alone does not even load what it is built on."""
    assert printed(ALONE) == [[]]


def test_rooms_are_imported_when_entered() -> None:
    """A client has imported no room; one that is asked for is, once, and no other."""
    assert printed(ROOMS) == [[], ["vaultio.endpoints.users"]]


@pytest.mark.parametrize("name", LATE)
def test_all_is_listed(name: str) -> None:
    """Whoever explores a package in a shell sees what it offers, be it imported yet or not."""
    package = importlib.import_module(name)

    assert set(package.__all__) <= set(dir(package))


def test_modules_are_imported_when_asked_for() -> None:
    """Those of a package are its attributes, without an import of their own."""
    asked = "vaultio.models.users.User, vaultio.endpoints.jobs.Jobs, vaultio.limiter.Limiter"

    [names] = printed(f"import vaultio; print(*(one.__name__ for one in ({asked})))")
    assert names == ["User", "Jobs", "Limiter"]


@pytest.mark.parametrize("name", LATE)
def test_no_such_name(name: str) -> None:
    """A name that is not there is missed as anywhere else."""
    wrong = "Vualt"

    with pytest.raises(AttributeError, match=rf"module '{name}' has no attribute 'Vualt'"):
        getattr(importlib.import_module(name), wrong)


def test_types_are_announced() -> None:
    """Type checkers of users find the annotations."""
    assert Path(ROOT, "vaultio", "py.typed").is_file()
