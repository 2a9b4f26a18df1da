"""Which versions are installed, and whether they are those that vaultio asks for."""

from __future__ import annotations

import platform
import re
from importlib.metadata import PackageNotFoundError, requires, version

from vaultio.diagnosis.checks import Check

_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?(?P<rest>[^;]*)(?P<marker>.*)")
_LEAST = re.compile(r">=\s*([0-9][0-9.]*)")


def version_check() -> Check:
    """Name vaultio, Python and what it is built on; what is missing or too old fails. Blocks."""
    named, wrong = [], []
    for line in requires("vaultio") or ():
        found = _REQUIREMENT.match(line)
        if found is None or "extra ==" in found["marker"]:
            continue
        name, least = found["name"], _LEAST.search(found["rest"])
        try:
            there = version(name)
        except PackageNotFoundError:
            if "platform_python_implementation" not in found["marker"]:
                wrong.append(f"{name} is missing")
            continue
        named.append(f"{name} {there}")
        if least and _numbers(there) < _numbers(least[1]):
            wrong.append(f"{name} {there} is older than {least[1]}")
    ours = f"vaultio {version('vaultio')}, Python {platform.python_version()}"
    if wrong:
        advice = "install them: pip install --upgrade vaultio"
        return Check("versions", "fail", f"{ours}: {'; '.join(wrong)}", advice)
    return Check("versions", "ok", f"{ours}; {', '.join(named)}")


def _numbers(text: str) -> tuple[int, ...]:
    found = re.match(r"[0-9]+(?:\.[0-9]+)*", text)
    return tuple(int(part) for part in found[0].split(".")) if found else ()
