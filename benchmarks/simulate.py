"""What does a limiter do to a Vault's quota: does it hold, how much is used, who waits, how long?

A world in virtual time, in which an hour passes in seconds: processes with calls to make, the
network's delays, other programs that use the same quota, kills, and a server that counts. The
limiters of vaultio stand beside what others do, in the same world::

    python benchmarks/simulate.py                                        # a table
    python benchmarks/simulate.py compare --kill-every 1 --interactive 3
    python benchmarks/simulate.py others                                 # a second spender
    python benchmarks/simulate.py plan --documents 10_000_000            # how long will it take
    python benchmarks/simulate.py picture quota.svg                      # a PNG needs matplotlib

How to read the answer: a worst window of more than L means that the server, whose windows begin
where they like, may delay or refuse calls. The stand-ins cost nothing, survive every kill and know
no distance, so they look better here than they are. Two runs of the same command are the same.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))  # wherever it is run, its parts are found
    from benchmarks.simulation.command import main

    logging.getLogger("vaultio").setLevel(logging.ERROR)  # the limits are hit here on purpose
    main()
