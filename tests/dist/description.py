"""Run with nothing installed but the wheel: what the package index shows has no dead link."""

from __future__ import annotations

import re
from importlib.metadata import metadata

LINK = re.compile(r"\]\(([^)\s]+)\)")


def main() -> None:
    """Look at the description: the README, without pictures and links of the repository."""
    text = str(metadata("vaultio").json["description"])
    wrong = [target for target in LINK.findall(text) if not target.startswith("https://")]
    if wrong or "<img" in text:
        raise SystemExit(f"the package index cannot show {wrong}")
    if "## Speed" not in text or "pip install" not in text:
        raise SystemExit("the description is not the README")
    print(f"the description has {len(text.splitlines())} lines, and leads nowhere by mistake")


main()
