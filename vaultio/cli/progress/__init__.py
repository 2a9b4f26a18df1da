"""What a job or a download shows on stderr while it runs."""

from vaultio.cli.progress.forecast import Side
from vaultio.cli.progress.showing import Mode, ProgressMode, Show, shown
from vaultio.cli.progress.words import MOST_FAILURES_SHOWN

__all__ = [
    "MOST_FAILURES_SHOWN",
    "Mode",
    "ProgressMode",
    "Show",
    "Side",
    "shown",
]
