"""A process with a file of quotas that it cannot write: ``python -m tests.limiter.hindered``.

Takes the folder, and ``nobody`` (a user without rights) or the highest size of a file in bytes.
Prints what the error says.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from tests.limiter.files import Holder, books_in
from vaultio.errors import QuotaStoreError

_NOBODY = 65_534


def main(folder: Path, hindrance: str) -> None:
    """Be hindered, and use the books until they fail."""
    if hindrance != "nobody":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(hindrance), int(hindrance)))
    elif os.geteuid() == 0:
        os.setuid(_NOBODY)
    holder = Holder(books_in(folder))
    try:
        for _ in range(1_000):
            holder.ask()
    except QuotaStoreError as error:
        print(error)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
