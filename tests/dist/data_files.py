"""Run with nothing installed but the wheel: what is no Python came along too."""

from __future__ import annotations

import asyncio

from vaultio.limiter.stores.redis_link import read_script
from vaultio.sandbox import Sandbox, SandboxRequest


def main() -> None:
    """Read the script that a Redis server runs, and the page of the sandbox with its files."""
    script = read_script()
    if not script.text.rstrip().endswith("return main()"):
        raise SystemExit("the script for Redis is not whole")
    print(f"{len(script.text.splitlines())} lines of Lua")
    for path in ("/", "/sandbox/page/page.js", "/sandbox/page/base.css"):
        reply = asyncio.run(Sandbox().handle(SandboxRequest(method="GET", path=path)))
        if reply.status != 200 or len(reply.body) < 500:  # type: ignore[arg-type] # it is bytes
            raise SystemExit(f"the sandbox's page has no {path}")


main()
