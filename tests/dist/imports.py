"""Run with nothing installed but the wheel: every module that needs no extra can be imported.

What an extra brings is listed here, so that a new import of such a library elsewhere is found.
"""

from __future__ import annotations

import importlib
import pkgutil

import vaultio

EXTRAS = {
    "vaultio.cli": {"typer", "rich"},
    "vaultio.integrations": {"distributed", "fastapi", "opentelemetry", "pyarrow", "starlette"},
    "vaultio.limiter": {"redis"},
    "vaultio.sandbox": {"pytest", "pytest_asyncio", "starlette", "uvicorn", "python_multipart"},
}


def missing_library(name: str) -> str:
    """Import one module and return the library that it lacks, or an empty text."""
    try:
        importlib.import_module(name)
    except ImportError as error:
        # Some modules say themselves which extra they need, and keep the reason as the cause.
        reason = error.__cause__ if isinstance(error.__cause__, ImportError) else error
        return str(reason.name).partition(".")[0]
    return ""


def main() -> None:
    """Import everything; fail if a module lacks what its part may not need."""
    names = [module.name for module in pkgutil.walk_packages(vaultio.__path__, "vaultio.")]
    missing = {name: library for name in names if (library := missing_library(name))}
    for name, library in missing.items():
        part = ".".join(name.split(".")[:2])
        if library not in EXTRAS.get(part, set()) or name == part:
            raise SystemExit(f"{name} cannot be imported without {library}")
    print(f"{len(names) - len(missing)} modules imported from {vaultio.__path__[0]}")
    print("need an extra:", ", ".join(sorted(missing)) or "none")


main()
