"""What the figures were measured on: without it they say nothing."""

from __future__ import annotations

import os
import platform
import re
import shutil
import ssl
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("vaultio", "httpx", "aiohttp", "requests", "httpx-aiohttp", "veevatools", "orjson")


def processor() -> str:
    """Name the processor."""
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def installed(package: str) -> str:
    """Give a package's version, or say that it is missing."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def program(name: str, *arguments: str) -> str:
    """Read the first number with dots that a program says of itself; it may not be there."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        return "not installed"
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "of unknown version"


def described() -> dict[str, str]:
    """Describe the machine: its parts by name."""
    return {
        "processor": f"{os.cpu_count()} cores, {processor()}",
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
        "Python": platform.python_version(),
        "TLS": ssl.OPENSSL_VERSION,
        "curl": program("curl", "--version"),
        "nginx": program("nginx", "-v"),
        **{name: installed(name) for name in PACKAGES},
    }
