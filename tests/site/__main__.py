"""``python -m tests.site FOLDER``: write the site's source, build it, look at its links."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.site.build import build


def main() -> int:
    """Build; 1 if something is not as it must be."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    wrong = build(Path(sys.argv[1]))
    print("\n".join(wrong), file=sys.stderr)
    print(f"built: {Path(sys.argv[1], 'site', 'index.html').resolve()}")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
