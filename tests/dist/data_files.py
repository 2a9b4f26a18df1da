"""Run with nothing installed but the wheel: what is no Python came along too."""

from __future__ import annotations

from vaultio.limiter.stores.redis_link import read_script


def main() -> None:
    """Read the script that a Redis server runs."""
    script = read_script()
    if not script.text.rstrip().endswith("return main()"):
        raise SystemExit("the script for Redis is not whole")
    print(f"{len(script.text.splitlines())} lines of Lua")


main()
